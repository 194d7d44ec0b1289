"""What other contexts learn about products."""

from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import msgspec
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.catalog.interface import (
    Attribute,
    BadWords,
    Category,
    Component,
    UnknownProduct,
    Visibility,
    catalog,
    slugs,
)
from apps.catalog.models import Product
from commerce import clock

from .drafts import CARD, MUG, POT, SET, TABLE, numbered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("both_ways")]


@pytest.fixture
def shop():
    catalog.save(drafts=(MUG, POT, CARD, SET, TABLE))


def keys(products):
    return [product.draft.key for product in products]


def test_returns_products_in_the_order_asked_for(shop):
    known = {product.draft.key: product.id for product in catalog.batch().products}
    asked = (known["SET"], uuid4(), known["MUG"])
    assert keys(catalog.products(ids=asked)) == ["SET", "MUG"]


def test_finds_products_by_key_or_sku_ignoring_case(shop):
    assert set(keys(catalog.find(codes=("mug-blue", "MUG-SAND", "pot", "none")))) == {"MUG", "POT"}


@pytest.mark.parametrize("change", [{"online": False}, {"visibility": Visibility.NOWHERE}])
def test_shows_no_page_for_what_is_hidden(shop, change):
    catalog.save(drafts=(replace(POT, **change),))
    with pytest.raises(UnknownProduct):
        catalog.product(slug="teapot")
    assert catalog.product(slug="stoneware-mug").draft == MUG


def test_tells_carts_what_they_need_of_a_sku(shop):
    mug = catalog.items(skus=("MUG-BLUE",))["MUG-BLUE"]
    assert (mug.slug, mug.name, mug.options) == (MUG.slug, MUG.name, {"color": "Blue"})
    assert (mug.picture, mug.weight, mug.ships, mug.tax_class) == ("blue", 320, True, "standard")
    assert mug.parts == (Component("MUG-BLUE", 1),)


def test_tells_prices_what_they_need_of_a_sku(shop):
    catalog.save(drafts=(replace(POT, categories=("Kitchen & Table/Tea", "New")),))
    found = catalog.goods(skus=("MUG-BLUE", "POT", "SET", "NONE", "a\0b"))
    assert found.keys() == {"MUG-BLUE", "POT", "SET"}
    mug = found["MUG-BLUE"]
    assert (mug.slug, mug.weight, mug.ships, mug.tax_class) == (MUG.slug, 320, True, "standard")
    assert found["POT"].categories == ("kitchen-table", "kitchen-table/tea", "new")
    assert found["SET"].parts == SET.components


def test_prices_are_told_of_older_documents_too(shop):
    before = catalog.goods(skus=("MUG-BLUE", "POT", "SET"))
    forgotten = {"taxed_as": "", "made_of": [], "listed_in": []}
    for product in catalog.batch().products:
        written = msgspec.to_builtins(replace(product.draft))
        Product.objects.filter(id=product.id).update(document=written, **forgotten)
    fill = import_module("apps.catalog.migrations.0003_fill_what_prices_read").fill
    with connection.schema_editor() as editor:
        fill(None, editor)
    assert catalog.goods(skus=("MUG-BLUE", "POT", "SET")) == before


def test_says_in_words_what_was_chosen(shop):
    assert catalog.items(skus=("MUG-BLUE",))["MUG-BLUE"].choice == {"en": "Blue", "fr": "Blue"}
    colours = {"Blue": {"en": "Sea blue", "fr": "Bleu mer"}}
    catalog.describe(attributes=(Attribute("color", {"en": "Colour"}, colours),))
    found = catalog.items(skus=("MUG-BLUE", "POT"))
    assert found["MUG-BLUE"].choice == {"en": "Sea blue", "fr": "Bleu mer"}
    assert found["POT"].choice == {"en": ""}


def test_bundle_is_held_as_its_components(shop):
    assert catalog.items(skus=("SET",))["SET"].parts == SET.components


def test_leaves_out_what_cannot_be_bought(shop):
    catalog.save(drafts=(replace(POT, online=False),))
    found = catalog.items(skus=("POT", "TABLE", "mug-blue", "NONE", "CARD"))
    assert {sku: item.ships for sku, item in found.items()} == {"CARD": False}


def test_nothing_is_called_by_a_nul(shop):
    assert catalog.items(skus=("a\0b",)) == {}
    assert catalog.find(codes=("a\0b",)) == ()
    with pytest.raises(UnknownProduct):
        catalog.product(slug="tea\0pot")


def test_asks_once_for_many_skus(shop):
    with CaptureQueriesContext(connection) as queries:
        assert len(catalog.items(skus=("MUG-BLUE", "MUG-SAND", "SET", "POT"))) == 4
    assert len(queries) == 1


def test_walks_through_everything_in_steps():
    catalog.save(drafts=numbered(7))
    first = catalog.batch(limit=3)
    second = catalog.batch(limit=3, after=first.next)
    third = catalog.batch(limit=3, after=second.next)
    assert third.next is None
    assert keys(first.products + second.products + third.products) == keys(catalog.batch().products)


def test_walks_through_what_changed_since_a_moment():
    catalog.save(drafts=numbered(5))
    later = clock.now() + timedelta(minutes=1)
    with time_machine.travel(later, tick=False):
        catalog.save(drafts=tuple(replace(d, online=False) for d in numbered(3)))
    first = catalog.batch(limit=2, since=later - timedelta(seconds=1))
    rest = catalog.batch(limit=2, since=later - timedelta(seconds=1), after=first.next)
    assert sorted(keys(first.products + rest.products)) == ["POT-0", "POT-1", "POT-2"]


def test_words_keep_the_order_they_were_given():
    sizes = {size: {"en": size} for size in ("XS", "S", "M", "L", "XL")}
    size = Attribute("size", {"en": "Size", "fr": "Taille"}, sizes)
    color = Attribute("color", {"en": "Colour"}, facet=False)
    catalog.describe(attributes=(size, color))
    catalog.describe(attributes=(color, size))
    assert catalog.attributes() == (size, color)
    assert list(catalog.attributes()[0].values) == list(sizes)


def test_categories_stand_in_the_order_they_were_described():
    places = (
        Category("garden", {"en": "Garden"}, 1, {"en": "<p>Out</p>"}),
        Category("garden/pots", {"en": "Pots"}, 2),
        Category("garden/chairs", {"en": "Chairs", "fr": "Chaises"}, 2),
    )
    catalog.describe(categories=places)
    assert catalog.categories() == places
    catalog.describe(categories=(replace(places[1], name={"en": "Planters"}),))
    assert catalog.categories()[1].name == {"en": "Planters"}


def test_renamed_category_is_still_found_by_its_first_name():
    catalog.save(drafts=(MUG,))
    catalog.describe(categories=(Category("kitchen/mugs-cups", {"en": "Cups"}, 2),))
    catalog.save(drafts=(replace(POT, categories=MUG.categories),))
    assert [each.path for each in catalog.categories()] == ["kitchen", "kitchen/mugs-cups"]


@pytest.mark.parametrize(
    "words",
    [
        {"categories": (Category("Garden Pots", {"en": "Pots"}, 1),)},
        {"categories": (Category("garden", {"fr": "Jardin"}, 1),)},
        {"categories": (Category("garden/pots", {"en": "Pots"}, 1),)},
        {"attributes": (Attribute("Size!", {"en": "Size"}),)},
        {"attributes": (Attribute("size", {}),)},
        {"attributes": (Attribute("size", {"en": "Size", "xx": "Size"}),)},
        {"attributes": (Attribute("size", {"en": "a\0b"}),)},
    ],
)
def test_refuses_words_that_cannot_be_kept(words):
    catalog.describe(categories=(Category("fine", {"en": "Fine"}, 1),))
    with pytest.raises(BadWords) as refusal:
        catalog.describe(**words)
    assert len(refusal.value.problems) == 1
    assert [each.path for each in catalog.categories()] == ["fine"]
    assert catalog.attributes() == ()


@pytest.mark.parametrize(
    ("names", "path"),
    [
        ("Men/Hoodies & Sweatshirts", "men/hoodies-sweatshirts"),
        ("Été/Bras & Tanks", "ete/bras-tanks"),
        ("MEN", "men"),
    ],
)
def test_slugs_are_made_of_names(names, path):
    assert slugs(names) == path
