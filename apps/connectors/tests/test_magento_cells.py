"""How single cells of a Magento file are read."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.catalog.interface import Component
from apps.connectors.domain.magento import cells, composed
from apps.connectors.domain.magento.cells import BadCell


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("size=M,color=Blue", {"size": ("M",), "color": ("Blue",)}),
        ("climate=Cool|Indoor|Windy", {"climate": ("Cool", "Indoor", "Windy")}),
        ("Size=M", {"size": ("M",)}),
        (
            "care=Wash cold, do not iron,size=M",
            {"care": ("Wash cold,do not iron",), "size": ("M",)},
        ),
        (
            'color=black,"features=Pocket|Sleeve, 15 inches"',
            {"color": ("black",), "features": ("Pocket", "Sleeve, 15 inches")},
        ),
        ('name="a ""b"" c",size=M', {"name": ('a "b" c',), "size": ("M",)}),
        ('screen=15" wide,size=M', {"screen": ('15" wide',), "size": ("M",)}),
        ('quote="never closed,size=M', {"quote": ('"never closed',), "size": ("M",)}),
        ("empty=,size=M", {"size": ("M",)}),
        ('empty="",size=M', {"size": ("M",)}),
        (
            """text="'"", =|",many="Option 3 ""!@#$%^&*, ""|\"""|"Opt||,ion 2\"""",
            {"text": ("'\", =|",), "many": ('Option 3 "!@#$%^&*, "|"', "Opt||,ion 2")},
        ),
        (
            'many="Opt|,=ion 1"|"Opt||,ion 2",text=""',
            {"many": ("Opt|,=ion 1", "Opt||,ion 2")},
        ),
    ],
)
def test_reads_attributes_plain_and_wrapped(cell, read):
    assert cells.attributes(cell, ",") == read


def test_reads_attributes_with_another_separator():
    assert cells.attributes("size=M;care=a, b", ";") == {"size": ("M",), "care": ("a, b",)}


@pytest.mark.parametrize("text", ["12", "12.90", "0", "0.000000000001"])
def test_reads_numbers(text):
    assert cells.number(text) == Decimal(text)


@pytest.mark.parametrize(
    "text", ["-5", "1,5", "1e9", "two", "٣", "1 000", "NaN", "1" * 13, "+1", "=1"]
)
def test_refuses_what_is_no_number(text):
    with pytest.raises(BadCell):
        cells.number(text)


@pytest.mark.parametrize(("text", "units"), [("100", 100), ("100.0000", 100), ("0", 0)])
def test_reads_quantities(text, units):
    assert cells.quantity(text) == units


@pytest.mark.parametrize("text", ["1.5", "-1", "1000000001"])
def test_refuses_quantities_that_cannot_be_counted(text):
    with pytest.raises(BadCell):
        cells.quantity(text)


@pytest.mark.parametrize(
    "text", ["12/31/30", "12/31/2030", "12/31/30 0:00", "2030-12-31", "2030-12-31T00:00:00Z"]
)
def test_reads_dates_as_magento_writes_them(text):
    assert cells.moment(text) == datetime(2030, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (cells.moment, "31.12.2030"),
        (cells.kind, "giftcard"),
        (cells.visibility, "Everywhere"),
        (cells.switch, "on"),
        (cells.weight, "10000000"),
    ],
)
def test_refuses_words_it_does_not_know(read, text):
    with pytest.raises(BadCell, match=text):
        read(text)


@pytest.mark.parametrize(
    ("read", "text", "said"),
    [
        (composed.variations, "size=M", "names no SKU"),
        (composed.variations, "sku=A,size=M|sku=A,size=L", "A stands twice"),
        (composed.variations, "sku=A,size=M|sku=B,color=Red", "same options"),
        (composed.variations, "nonsense", "is no pair"),
        (composed.associated, "A=many", "is no number"),
        (composed.bundle, "name=Option,type=radio", "names no SKU"),
        (cells.attributes, "nonsense,size=M", "is no pair"),
        (cells.paths, "Root/A|Root/B", "--values-separator '|'"),
    ],
)
def test_refuses_composed_cells_it_cannot_take_apart(read, text, said):
    with pytest.raises(BadCell, match=said):
        read(text, ",")


def test_reads_variations_without_what_is_no_option():
    read = composed.variations("sku=A,size=M,default=1|sku=B,size=L|", ",")
    assert read == {"A": {"size": "M"}, "B": {"size": "L"}}


def test_reads_the_members_of_a_group():
    assert composed.associated("A=2.0000, B=0,C", ",") == (
        Component("A", 2),
        Component("B", 1),
        Component("C", 1),
    )


def test_takes_the_default_choice_of_each_option_of_a_bundle():
    cell = (
        "name=Ball,type=radio,sku=BALL-55,default=0,default_qty=1.0000"
        "|name=Ball,type=radio,sku=BALL-65,default=1,default_qty=2.0000"
        "|name=Strap,type=radio,sku=STRAP-6,default=0"
        "|name=Spare,type=radio,sku=BALL-65,default=1"
    )
    assert composed.bundle(cell, ",") == (Component("BALL-65", 3), Component("STRAP-6", 1))
