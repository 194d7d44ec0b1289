"""What saving drafts does, and when it refuses."""

from dataclasses import replace
from threading import Thread

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from apps.catalog.interface import (
    Change,
    Component,
    Kind,
    Picture,
    ProductDraft,
    Variant,
    Visibility,
    catalog,
)
from apps.catalog.models import Category, Product
from commerce.events.models import Fact

from .drafts import CARD, MUG, POT, SET, TABLE, numbered

pytestmark = pytest.mark.django_db


def changes(*drafts: ProductDraft) -> list[Change]:
    return [outcome.change for outcome in catalog.save(drafts=drafts)]


def reasons(*drafts: ProductDraft) -> str:
    return " ".join(text for outcome in catalog.save(drafts=drafts) for text in outcome.problems)


def facts() -> list[int]:
    """Count the products in each fact that was announced."""
    payloads = Fact.objects.order_by("id").values_list("payload", flat=True)
    return [len(payload["products"]) for payload in payloads]


@pytest.mark.usefixtures("both_ways")
def test_returns_what_was_saved():
    drafts = (MUG, POT, CARD, SET, TABLE)
    assert changes(*drafts) == [Change.CREATED] * 5
    found = {product.draft.key: product for product in catalog.batch().products}
    assert found["MUG"].draft == MUG
    assert found["POT"].draft.variants == (Variant("POT"),)
    assert {product.version for product in found.values()} == {1}


def test_saving_the_same_again_changes_and_announces_nothing():
    catalog.save(drafts=(MUG, POT))
    before = list(Product.objects.values("version", "updated_at"))
    assert changes(MUG, POT) == [Change.SAME, Change.SAME]
    assert list(Product.objects.values("version", "updated_at")) == before
    assert facts() == [2]


def test_change_makes_a_new_version_and_one_fact():
    catalog.save(drafts=(MUG, POT))
    assert changes(MUG, replace(POT, online=False)) == [Change.SAME, Change.CHANGED]
    assert catalog.find(codes=("POT",))[0].version == 2
    assert facts() == [2, 1]


def test_announces_at_most_500_products_in_a_fact():
    catalog.save(drafts=numbered(501))
    assert facts() == [500, 1]


def test_saves_hundreds_of_products_in_a_few_queries():
    with CaptureQueriesContext(connection) as queries:
        catalog.save(drafts=numbered(500))
    assert len(queries) <= 18, [query["sql"][:80] for query in queries]


def test_one_bad_product_does_not_keep_others_out():
    assert changes(POT, replace(MUG, slug="No slug!"), CARD) == [
        Change.CREATED,
        Change.REFUSED,
        Change.CREATED,
    ]
    assert set(Product.objects.values_list("key", flat=True)) == {"POT", "CARD"}


def test_check_says_the_same_and_writes_nothing():
    catalog.save(drafts=(POT,))
    drafts = (POT, MUG, replace(CARD, slug="teapot"))
    expected = catalog.check(drafts=drafts)
    assert Product.objects.count() == 1
    assert catalog.save(drafts=drafts) == expected


def test_replaces_the_variants_of_a_product():
    catalog.save(drafts=(MUG,))
    catalog.save(drafts=(replace(MUG, variants=(MUG.variants[1], variant("MUG-RED", "Red"))),))
    assert set(catalog.items(skus=("MUG-BLUE", "MUG-SAND", "MUG-RED"))) == {"MUG-SAND", "MUG-RED"}


def variant(sku: str, color: str) -> Variant:
    return Variant(sku, {"color": color})


def test_hidden_product_becomes_a_variant_of_the_product_that_wants_it():
    waiting = ProductDraft(
        key="MUG-BLUE",
        kind=Kind.SIMPLE,
        name={"en": "Blue mug"},
        slug="blue-mug",
        visibility=Visibility.NOWHERE,
    )
    catalog.save(drafts=(waiting,))
    assert changes(MUG) == [Change.CREATED]
    assert set(Product.objects.values_list("key", flat=True)) == {"MUG"}
    assert catalog.items(skus=("MUG-BLUE",))["MUG-BLUE"].slug == MUG.slug
    assert facts() == [1, 2]
    assert "belongs to another product, MUG" in reasons(waiting)


def test_makes_missing_categories_once():
    catalog.save(drafts=(MUG, replace(POT, categories=("Kitchen/Pots", "kitchen"))))
    tree = [(c.path, c.depth, c.name["en"]) for c in catalog.categories()]
    assert tree == [
        ("kitchen", 1, "Kitchen"),
        ("kitchen/mugs-cups", 2, "Mugs & Cups"),
        ("kitchen/pots", 2, "Pots"),
    ]
    assert Category.find_problems() == ([], [], [], [], [])


def test_keeps_nothing_of_html_that_could_run():
    html = '<p onclick="x()">Fine<script>x()</script><a href="javascript:x()">!</a></p>'
    catalog.save(drafts=(replace(POT, description={"en": html}, summary={"fr": "<img src=x>"}),))
    draft = catalog.product(slug="teapot").draft
    assert draft.description == {"en": '<p>Fine<a rel="noopener">!</a></p>'}
    assert draft.summary == {}


def test_cleaned_html_stays_the_same_when_saved_again():
    html = "<p>Drawstring &bull; 5 &lt; 6 &amp; 7<br /><em>open"
    catalog.save(drafts=(replace(POT, description={"en": html}),))
    assert changes(catalog.product(slug="teapot").draft) == [Change.SAME]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (replace(POT, key="OTHER"), "The slug teapot belongs to another product, POT."),
        (replace(POT, key="pot"), "The key pot is spelt POT in the catalogue; write it so."),
        (
            replace(CARD, variants=(Variant("pot"),)),
            "The SKU pot belongs to another product, POT.",
        ),
        (
            replace(POT, variants=(Variant("Pot"),)),
            "The SKU Pot is spelt POT in the catalogue; write it so.",
        ),
    ],
)
def test_refuses_names_that_another_product_has(other, said):
    catalog.save(drafts=(POT,))
    assert said in reasons(other)


@pytest.mark.parametrize(
    ("twin", "said"),
    [
        (replace(POT, key="pot", slug="b"), "The key pot was already used by POT"),
        (replace(POT, key="OTHER"), "The slug teapot was already used by POT"),
        (replace(CARD, variants=(Variant("pot"),)), "The SKU pot was already used by POT"),
    ],
)
def test_refuses_a_second_draft_with_the_same_name(twin, said):
    assert said in reasons(POT, twin)


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (replace(POT, key=" "), "The key is empty."),
        (replace(POT, key="x" * 65), "more than 64 characters"),
        (replace(POT, key="a\x00b"), "cannot be printed"),
        (replace(POT, name={"fr": "Théière"}), "The name in the shop's language (en) is missing."),
        (replace(POT, name={"en": "Pot", "de": "Kanne"}), "The shop does not speak 'de'"),
        (replace(POT, name={"en": "x" * 256}), "The name has more than 255"),
        (replace(POT, slug="Tea Pot"), "The slug 'Tea Pot' must be made of"),
        (replace(POT, options=("color",)), "A simple product has no options to choose."),
        (replace(MUG, options=()), "needs options and variants"),
        (replace(MUG, options=("size",)), "must have a value for exactly: size."),
        (replace(MUG, variants=(*MUG.variants, MUG.variants[0])), "stands in two variants"),
        (replace(MUG, variants=(*MUG.variants, variant("M", "Blue"))), "the same choice: Blue"),
        (replace(POT, variants=(Variant("POT", weight=-1),)), "The weight of POT must be"),
        (replace(POT, variants=(Variant("A"), Variant("B"))), "has exactly one variant"),
        (replace(TABLE, variants=(Variant("A"),)), "A grouped product is not sold itself"),
        (replace(SET, components=()), "A bundle product needs components."),
        (replace(POT, components=(Component("MUG", 1),)), "A simple product has no components."),
        (replace(SET, components=(Component("set", 1),)), "cannot be a component of itself"),
        (replace(SET, components=(Component("POT", 0),)), "must be at least 1"),
        (replace(SET, components=(Component("A", 1), Component("a", 1))), "A stands twice"),
        (replace(POT, attributes={"Größe": ("x",)}), "must be lower-case letters"),
        (replace(POT, attributes={"size": ("",)}), "A value of size is empty"),
        (replace(POT, categories=("Kitchen/茶",)), "has no letter or digit"),
        (replace(POT, categories=("Kitchen//Pots",)), "has no letter or digit"),
        (replace(POT, pictures=(Picture(""),)), "A picture has no key"),
        (replace(POT, pictures=(Picture("a", options={"size": "S"}),)), "nobody can choose"),
        (replace(POT, description={"en": "x" * 1_100_000}), "larger than 1048576 bytes"),
        (replace(POT, related=("a\0b",)), "U+0000"),
    ],
)
def test_refuses_what_cannot_be_sold(draft, said):
    assert said in reasons(draft)
    assert Product.objects.count() == 0
    assert facts() == []


def test_kinds_that_need_no_choice_are_bought_under_their_key():
    kinds = (Kind.SIMPLE, Kind.VIRTUAL, Kind.DOWNLOADABLE)
    drafts = [replace(POT, key=k.name, slug=k.value, kind=k) for k in kinds]
    assert changes(*drafts) == [Change.CREATED] * 3
    assert set(catalog.items(skus=("SIMPLE", "VIRTUAL", "DOWNLOADABLE"))) == {k.name for k in kinds}


@pytest.mark.django_db(transaction=True)
def test_writers_take_turns_instead_of_blocking_one_another():
    drafts = numbered(60)
    outcomes: list[Change] = []

    def write(part: tuple[ProductDraft, ...]) -> None:
        try:
            outcomes.extend(outcome.change for outcome in catalog.save(drafts=part))
        finally:
            connections.close_all()

    writers = [Thread(target=write, args=(part,)) for part in (drafts, drafts[::-1], drafts)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(change.value for change in outcomes) == ["created"] * 60 + ["same"] * 120
