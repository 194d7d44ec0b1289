"""PrestaShop's files become products, variants, prices and counts."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from apps.catalog.interface import Kind, catalog
from apps.pricing.interface import pricing
from apps.stock.interface import stock
from commerce.money import Money

SAMPLES = Path(settings.ROOT).parent / "shared/data/catalogues/prestashop/csv_import_8.0"
pytestmark = pytest.mark.django_db
PRODUCTS = (
    "Product ID;Active (0/1);Name *;Categories (x,y,z...);Price tax excluded;Discount percent;"
    "Reference #;Manufacturer;Weight;Quantity;Summary;URL rewritten;Feature(Name:Value:Position);"
    "Virtual product\n"
)
COMBINATIONS = (
    "Product ID*;Attribute (Name:Type:Position)*;Value (Value:Position)*;Reference;"
    "Impact on price;Impact on weight;Quantity\n"
)
MUG = "7;1;Mug;Home/Kitchen;10;;MUG;Clayworks;0.3;4;<p>Blue.</p>;Stoneware-Mug;Care:By hand:1;\n"


@pytest.fixture
def combinations(tmp_path):
    def combinations(rows: str) -> Path:
        path = tmp_path / "combinations.csv"
        path.write_text(COMBINATIONS + rows)
        return path

    return combinations


def test_makes_a_product_of_its_row(run):
    assert run(PRODUCTS + MUG, "prestashop", tax=Decimal(20)).code == 0
    (mug,) = catalog.find(codes=("MUG",))
    draft = mug.draft
    assert (draft.kind, draft.slug, draft.categories) == (
        Kind.SIMPLE,
        "stoneware-mug",
        ("Kitchen",),
    )
    assert draft.attributes == {"brand": ("Clayworks",), "care": ("By hand",)}
    assert (draft.variants[0].weight, draft.variants[0].external_id) == (300, "7")
    assert pricing.prices(skus=("MUG",), currency="EUR")["MUG"].unit == Money(1200, "EUR")
    assert stock.available(skus=("MUG",))["MUG"].free == 4


def test_adds_what_a_combination_costs_and_weighs_more(run, combinations):
    path = combinations(
        "7;Color:color:0, Size:select:1;Blue:0, L:1;MUG-BLUE;2.5;0.1;3\n"
        "7;Color:color:0, Size:select:1;Sand:0, L:1;MUG-SAND;0;0;-1\n"
    )
    assert run(PRODUCTS + MUG, "prestashop", combinations=path).code == 0
    (mug,) = catalog.find(codes=("MUG",))
    assert (mug.draft.kind, mug.draft.options) == (Kind.CONFIGURABLE, ("color", "size"))
    blue, sand = mug.draft.variants
    assert (blue.options, blue.weight) == ({"color": "Blue", "size": "L"}, 400)
    assert pricing.prices(skus=(blue.sku,), currency="EUR")[blue.sku].unit == Money(1250, "EUR")
    levels = stock.available(skus=(blue.sku, sand.sku))
    assert [levels[sku].free for sku in (blue.sku, sand.sku)] == [3, 0]


@pytest.mark.parametrize(
    ("mended", "reason"),
    [
        (("10;;", "ten;;"), "'ten' is no number"),
        (("7;1", ";1"), "The product id is missing"),
        (("Care:By hand:1", "Care"), "not written as Name:Value:Position"),
    ],
    ids=["price", "id", "feature"],
)
def test_names_the_row_that_cannot_be_used(run, mended, reason):
    other = MUG.replace("7;1", "8;1").replace("MUG", "CUP").replace("-Mug", "-cup")
    done = run(PRODUCTS + MUG.replace(*mended) + other, "prestashop")
    assert done.code == 1
    assert f"line 2: {reason}" in done.said.replace(" MUG:", "") or reason in done.lines[0]
    assert [product.draft.key for product in catalog.batch().products] == ["CUP"]


@pytest.mark.skipif(not SAMPLES.exists(), reason="../shared is not on this machine")
def test_takes_the_samples_of_prestashop(run):
    files = {
        "combinations": SAMPLES / "combinations_import.csv",
        "categories": SAMPLES / "categories_import.csv",
    }
    first = run(SAMPLES / "products_import.csv", "prestashop", tax=Decimal(20), **files)
    assert first.code == 1
    assert first.figure("rows") == 7 + 27
    assert (first.figure("products created"), first.figure("bad rows")) == (6, 1)
    assert "RP-MACBOOKAIR80GB-1.6MHZ stands in two variants" in first.said
    sold = [v.sku for product in catalog.batch().products for v in product.draft.variants]
    assert len(sold) == 27 - 4 + 3
    again = run(SAMPLES / "products_import.csv", "prestashop", tax=Decimal(20), **files)
    assert "\n0 changes were made." in again.said
