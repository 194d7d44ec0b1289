"""Products, categories and attributes in the shop's own format."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from PIL import Image

from apps.catalog.interface import Component, Kind, catalog
from apps.media.interface import media
from apps.pricing.interface import pricing
from apps.stock.interface import Line, stock

pytestmark = pytest.mark.django_db

COLOR = {
    "attribute": {
        "code": "color",
        "label": {"en": "Colour", "fr": "Couleur"},
        "values": {"Sand": {"en": "Sand", "fr": "Sable"}, "Blue": {"en": "Blue", "fr": "Bleu"}},
    }
}
KITCHEN = {"category": {"path": "kitchen", "name": {"en": "Kitchen", "fr": "Cuisine"}, "depth": 1}}
MUG = {
    "key": "MUG",
    "kind": "configurable",
    "name": {"en": "Mug", "fr": "Tasse"},
    "slug": "mug",
    "categories": ["Kitchen"],
    "options": ["color"],
    "variants": [
        {"sku": "MUG-BLUE", "options": {"color": "Blue"}, "weight": 320},
        {"sku": "MUG-SAND", "options": {"color": "Sand"}},
    ],
    "prices": [
        {"sku": "MUG-BLUE", "currency": "EUR", "amount": "18.00", "before": "20.00"},
        {"sku": "MUG-BLUE", "currency": "USD", "amount": "19.00"},
    ],
    "stock": {"MUG-BLUE": 12, "MUG-SAND": None},
    "picture_files": [
        {"file": "blue.png", "alt": {"en": "A mug"}, "options": {"color": "Blue"}},
        {"file": "gone.png"},
    ],
}
POT = {"key": "POT", "kind": "simple", "name": {"en": "Pot"}, "slug": "pot"}
SET = POT | {"key": "SET", "kind": "bundle", "slug": "set"}
SET |= {"components": [{"sku": "POT", "quantity": 2}]}


@pytest.fixture
def load(run, tmp_path, settings):
    """Import lines from a file beside which a picture lies."""
    settings.MEDIA_ROOT = tmp_path / "media"
    Image.new("RGB", (20, 20), "teal").save(tmp_path / "blue.png")

    def load(*lines, **options):
        file = tmp_path / "products.ndjson"
        file.write_text("\n".join(map(json.dumps, lines)) + "\n")
        return run(file, "ndjson", **options)

    return load


@pytest.mark.usefixtures("both_ways")
def test_takes_products_with_everything_about_them(load):
    done = load(COLOR, KITCHEN, MUG, SET)
    assert done.code == 0
    assert [line.partition(" is not in")[0] for line in done.lines] == [
        "note, line 3: MUG: The picture gone.png"
    ]
    mug = catalog.product(slug="mug").draft
    assert (mug.kind, mug.variants[0].weight) == (Kind.CONFIGURABLE, 320)
    assert list(media.assets(keys=(mug.pictures[0].asset,))) == [mug.pictures[0].asset]
    assert (mug.pictures[0].alt, mug.pictures[0].options) == ({"en": "A mug"}, {"color": "Blue"})
    assert catalog.product(slug="set").draft.components == (Component("POT", 2),)


def test_prices_counts_and_words_come_with_them(load):
    load(COLOR, KITCHEN, MUG)
    euros = pricing.prices(skus=("MUG-BLUE",), currency="EUR")["MUG-BLUE"]
    assert (str(euros.unit.amount), str(euros.before.amount)) == ("18.00", "20.00")
    assert pricing.prices(skus=("MUG-BLUE",), currency="USD")
    levels = stock.available(skus=("MUG-BLUE", "MUG-SAND"))
    assert (levels["MUG-BLUE"].free, levels["MUG-SAND"].tracked) == (12, False)
    assert list(catalog.attributes()[0].values) == ["Sand", "Blue"]
    assert catalog.categories()[0].name["fr"] == "Cuisine"


def test_second_run_changes_nothing(load):
    first, second = load(COLOR, KITCHEN, MUG, POT), load(COLOR, KITCHEN, MUG, POT)
    assert (first.figure("products created"), first.figure("variants")) == (2, 3)
    assert second.figure("products the same") == 2
    assert "\n0 changes were made." in second.said


def test_dry_run_says_the_same_and_writes_nothing(load):
    planned = load(COLOR, KITCHEN, MUG, POT, dry_run=True)
    assert (catalog.batch().products, catalog.categories()) == ((), ())
    load(COLOR, KITCHEN, MUG, POT)
    again = load(COLOR, KITCHEN, MUG, POT | {"online": False}, dry_run=True)
    assert planned.figure("products created") == 2
    assert (again.figure("products the same"), again.figure("products changed")) == (1, 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (POT | {"colour": "Blue"}, "There is no field 'colour'."),
        (POT | {"variants": [{"sku": "POT", "size": "L"}]}, "There is no field 'size'."),
        (POT | {"picture_files": [{"path": "a.png"}]}, "There is no field 'path'"),
        ({"category": {"path": "a", "names": {}}}, "There is no field 'names'."),
        ({"key": "POT", "kind": "simple", "name": {"en": "Pot"}}, "missing required field `slug`"),
        (POT | {"kind": "teapot"}, "Invalid enum value 'teapot'"),
        (POT | {"name": "Pot"}, "Expected `object`, got `str` - at `$.name`"),
        (POT | {"stock": {"POT": -1}}, "Expected `int` >= 0"),
        (POT | {"stock": {"POT": 1.5}}, "Expected `int | null`, got `float`"),
        (POT | {"stock": {"PAN": 1}}, "The SKU PAN is no variant of this product."),
        (SET | {"stock": {"SET": 1}}, "A bundle product has no stock of its own."),
        (POT | {"prices": [{"sku": "POT", "currency": "EUR", "amount": 12}]}, "Expected `str`"),
        (POT | {"prices": [{"sku": "POT", "currency": "EUR", "amount": "1e9"}]}, "matching regex"),
        (POT | {"prices": [{"sku": "POT", "currency": "GBP", "amount": "1"}]}, "not sell in 'GBP'"),
        (
            POT | {"prices": [{"sku": "POT", "currency": "EUR", "amount": "1"}] * 2},
            "A SKU has two prices in one currency.",
        ),
        (POT | {"slug": "Pot!"}, "The slug 'Pot!' must be made of"),
        (POT | {"name": {"fr": "Pot"}}, "The name in the shop's language (en) is missing."),
        ({"category": {"path": "A b", "name": {"en": "A"}, "depth": 1}}, "a path of slugs"),
        ({"attribute": {"code": "x", "label": {"fr": "X"}}}, "no name in the shop's language"),
    ],
)
def test_names_what_is_wrong_with_a_line_and_takes_the_others(load, line, said):
    done = load(KITCHEN, line, POT | {"key": "PAN", "slug": "pan"})
    assert done.code == 1
    assert [each.partition(":")[0] for each in done.lines] == ["line 2"]
    assert said in done.lines[0]
    assert [product.draft.key for product in catalog.batch().products] == ["PAN"]
    assert [category.path for category in catalog.categories()] == ["kitchen"]


@pytest.mark.parametrize(
    "twin",
    [
        POT | {"slug": "other"},
        POT | {"key": "pot", "slug": "other"},
        POT | {"key": "OTHER"},
        POT | {"key": "OTHER", "slug": "other", "variants": [{"sku": "POT"}]},
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_names_can_be_used_on_one_line_only(load, twin, dry_run):
    done = load(POT, twin, dry_run=dry_run)
    assert [each.partition(":")[0] for each in done.lines] == ["line 2"] * len(done.lines)
    assert "was already used on line 1" in done.lines[0]


def test_pictures_outside_the_folder_are_not_taken(load, tmp_path):
    secret = tmp_path.parent / f"{tmp_path.name}.png"
    Image.new("RGB", (20, 20)).save(secret)
    (tmp_path / "link.png").symlink_to(secret)
    for name in (f"../{secret.name}", str(secret), "link.png", "a\0b", "."):
        done = load(POT | {"picture_files": [{"file": name}]})
        assert done.code == 0
        assert "is not in" in done.lines[0]


def test_product_whose_count_is_impossible_is_left_out_whole(load):
    load(POT | {"stock": {"POT": 3}})
    stock.reserve(cart=uuid4(), lines=(Line("POT", 2),), ttl=timedelta(minutes=15))
    changed = POT | {"name": {"en": "New"}, "stock": {"POT": 1}}
    done = load(changed, POT | {"key": "PAN", "slug": "pan", "stock": {"PAN": 1}})
    assert done.lines == [
        "line 1: POT: POT cannot be counted as 1: 2 are promised to carts and orders."
    ]
    assert catalog.product(slug="pot").draft.name == {"en": "Pot"}
    assert stock.available(skus=("PAN",))["PAN"].free == 1
