"""Lines of the form stand for documents, and documents for lines."""

import json

import pytest

from apps.pricing.admin.kinds import CONDITIONS, DOCUMENT, EFFECTS
from apps.pricing.admin.rows import IF, OR, OR_NOT, UNLESS, Row, Rows, document_of, rows_of
from apps.pricing.domain import documents

TENTH = {"kind": "order-percent", "percent": "10"}
DEAR = {"kind": "items-total-at-least", "amount": "50.00"}
MUG = {"kind": "contains-product", "names": ["mug", "MUG-1"], "units": 2}
ABROAD = {"kind": "goes-to", "countries": ["DE"]}


def no(condition):
    return {"kind": "not", "condition": condition}


def either(*conditions):
    return {"kind": "any-of", "conditions": list(conditions)}


@pytest.mark.parametrize(
    ("conditions", "joins"),
    [
        ([], []),
        ([DEAR, no(MUG)], [IF, UNLESS]),
        ([either(DEAR, no(MUG)), ABROAD], [IF, OR_NOT, IF]),
        ([either(no(DEAR), MUG)], [UNLESS, OR]),
        (
            [
                {"kind": "in-group", "groups": ["staff"]},
                {"kind": "in-channel", "channels": ["app"]},
                {"kind": "nth-order", "number": 1},
                no({"kind": "orders-at-least", "orders": 3}),
                {"kind": "spent-at-least", "amount": "100"},
            ],
            [IF, IF, IF, UNLESS, IF],
        ),
    ],
)
def test_conditions_become_lines_and_the_same_document_again(conditions, joins):
    document = {"conditions": conditions, "effects": [TENTH]}
    rows = rows_of(document)
    assert [row.join for row in rows.conditions] == joins
    assert DOCUMENT not in [row.kind for row in rows.conditions]
    assert document_of(rows) == document


@pytest.mark.parametrize(
    "effect",
    [
        TENTH | {"most": "20.00", "only": {"products": ["mug"], "price_from": "5"}},
        {"kind": "order-fixed", "amount": "5", "only": {"skus": ["A"], "cheapest_unit": True}},
        {"kind": "new-price", "price": "9.90"},
        {"kind": "buy-get", "buy": 2, "get": 1, "get_only": {"skus": ["B"]}},
        {
            "kind": "bundle",
            "price": "40",
            "parts": [{"units": 2, "only": {"skus": ["A"]}}, {"only": {"products": ["b"]}}],
        },
        {"kind": "shipping-off", "percent": "100", "methods": ["post"]},
        {"kind": "gift", "sku": "CAP", "units": 2},
    ],
)
def test_effects_become_lines_and_the_same_document_again(effect):
    document = {"conditions": [], "effects": [effect]}
    rows = rows_of(document)
    assert [row.kind for row in rows.effects] == [effect["kind"]]
    assert document_of(rows) == document


@pytest.mark.parametrize(
    "condition",
    [
        either(DEAR, either(MUG, ABROAD)),
        no(either(DEAR, MUG)),
        {"kind": "unheard-of", "names": ["a"]},
        DEAR | {"more": 1},
        either(),
    ],
)
def test_what_no_line_can_say_stays_as_it_is(condition):
    document = {"conditions": [condition], "effects": [TENTH]}
    rows = rows_of(document)
    assert [row.kind for row in rows.conditions] == [DOCUMENT]
    assert document_of(rows) == document


def test_a_part_with_more_than_the_form_asks_stays_json():
    part = {"only": {"skus": ["A"], "price_from": "5"}}
    bundle = {"kind": "bundle", "price": "40", "parts": [part]}
    (row,) = rows_of({"effects": [bundle]}).effects
    assert (row.kind, json.loads(row.values[""])) == (DOCUMENT, bundle)


def test_reads_numbers_as_people_write_them():
    row = Row("order-percent", values={"percent": "12,5", "most": " 20 ", "only.skus": "A,\nB, A"})
    assert document_of(Rows([], [row]))["effects"] == [
        {"kind": "order-percent", "percent": "12.5", "most": "20", "only": {"skus": ["A", "B"]}}
    ]


def test_every_rule_has_a_line_of_its_own():
    nested = {"any-of", "not"}
    assert {kind.name for kind in CONDITIONS} - {DOCUMENT} == set(documents.CONDITIONS) - nested
    assert {kind.name for kind in EFFECTS} - {DOCUMENT} == set(documents.EFFECTS)


@pytest.mark.parametrize(
    ("kinds", "known"), [(CONDITIONS, documents.CONDITIONS), (EFFECTS, documents.EFFECTS)]
)
def test_every_field_of_a_line_is_one_of_the_rule(kinds, known):
    for kind in kinds:
        if kind.name != DOCUMENT:
            hints, needed = documents.shape(known[kind.name])
            asked = {field.path.split(".")[0] for field in kind.fields}
            assert asked <= hints.keys()
            assert needed <= asked
