"""A product's page is the same for everyone."""

from dataclasses import replace

import pytest
from django.test import Client

from apps.catalog.interface import (
    Attribute,
    Category,
    Component,
    Kind,
    ProductClass,
    ProductDraft,
    Trait,
    Type,
    Variant,
    catalog,
)

pytestmark = pytest.mark.django_db
MOST_BYTES = 20_000


@pytest.fixture
def house():
    catalog.describe(
        categories=(Category("table", {"en": "Table", "fr": "La table"}, 1),),
        attributes=(
            Attribute("color", {"en": "Colour", "fr": "Couleur"}, {"Blue": {"fr": "Bleu"}}),
            Attribute("care", {"en": "Care", "fr": "Entretien"}),
        ),
    )
    catalog.save(
        drafts=(
            ProductDraft(
                key="MUG",
                kind=Kind.CONFIGURABLE,
                name={"en": "Mug", "fr": "Tasse"},
                slug="mug",
                summary={"en": "<p>Holds <b>coffee</b>.</p><script>alert(1)</script>"},
                categories=("Table",),
                attributes={"color": ("Blue", "Red"), "care": ("By hand",)},
                options=("color",),
                variants=(
                    Variant("MUG-RED", {"color": "Red"}),
                    Variant("MUG-BLUE", {"color": "Blue"}),
                ),
            ),
            ProductDraft(
                key="SET",
                kind=Kind.BUNDLE,
                name={"en": "Set"},
                slug="set",
                components=(Component("MUG-BLUE", 2),),
                variants=(Variant("SET"),),
            ),
            ProductDraft(
                key="TABLE",
                kind=Kind.GROUPED,
                name={"en": "The table"},
                slug="the-table",
                components=(Component("MUG-RED", 4),),
            ),
        )
    )


def page(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_leaves_a_place_for_the_price_and_says_nothing_of_stock(house):
    shown = page("/products/mug")
    assert 'data-live="MUG-RED"' in shown
    assert 'src="/live/MUG-RED?size=large"' in shown
    assert not {"€", "$", "In stock", "Sold out"} & set(shown.split("<"))


def test_may_be_kept_by_every_cache(house):
    answer = Client().get("/products/mug")
    assert "s-maxage=300" in answer["Cache-Control"]
    assert "public" in answer["Cache-Control"]
    assert answer.cookies == {}
    assert "Cookie" not in answer.get("Vary", "")


def test_offers_choices_with_the_first_variant_chosen(house):
    shown = page("/products/mug")
    assert 'value="Red" checked' in shown
    assert 'value="Blue" required' in shown


def test_speaks_the_readers_language(house):
    shown = page("/fr/products/mug")
    for words in ("Tasse", "La table", "Couleur", "Bleu", "Entretien", "Ajouter au panier"):
        assert words in shown


def test_shows_what_a_set_contains_and_what_a_group_offers(house):
    assert "2 × " in page("/products/set")
    group = page("/products/the-table")
    assert 'name="sku" value="MUG-RED"' in group
    assert 'name="product"' not in group


def test_runs_nothing_that_a_description_brings(house):
    shown = page("/products/mug")
    assert "Holds <b>coffee</b>" in shown
    assert "alert(1)" not in shown


def test_an_unknown_product_is_told_plainly(house):
    assert Client().get("/products/hat").status_code == 404


def test_stays_small_and_asks_little(house, django_assert_max_num_queries):
    page("/products/mug")
    with django_assert_max_num_queries(7):
        shown = page("/products/mug")
    assert len(shown) < MOST_BYTES


def test_shows_what_belongs_to_a_product():
    pot = ProductDraft(key="POT", kind=Kind.SIMPLE, name={"en": "Teapot"}, slug="teapot")
    lid = replace(pot, key="LID", name={"en": "Lid"}, slug="lid")
    old = replace(pot, key="OLD", slug="old", replacement="POT", accessories=("LID", "GONE"))
    catalog.save(
        drafts=(
            pot,
            lid,
            replace(old, related=("OFF",)),
            replace(lid, key="OFF", slug="off", online=False),
        )
    )
    shown = page("/products/old")
    assert shown.index("Its successor") < shown.index('href="/products/teapot"')
    assert shown.index("Goes with it") < shown.index('href="/products/lid"')
    assert "Similar" not in shown


def test_shows_values_as_readers_write_them():
    catalog.describe(
        attributes=(
            Attribute("capacity", {"en": "Capacity"}, type=Type.MEASURE, unit="ml"),
            Attribute("oven", {"en": "Oven"}, type=Type.BOOLEAN),
            Attribute("since", {"en": "Since"}, type=Type.DATE),
        ),
        classes=(ProductClass("Pots", {"en": "Pots"}, (Trait("since"), Trait("capacity"))),),
    )
    said = {"oven": ("true",), "capacity": ("1250.5",), "since": ("2030-12-31",)}
    pot = ProductDraft(key="POT", kind=Kind.SIMPLE, name={"en": "Teapot"}, slug="teapot")
    catalog.save(drafts=(replace(pot, product_class="Pots", attributes=said),))
    english, french = page("/products/teapot"), page("/fr/products/teapot")
    assert english.index("Dec. 31, 2030") < english.index("1,250.5\xa0ml") < english.index("Yes")
    assert french.index("31 décembre 2030") < french.index("1\xa0250,5\xa0ml") < french.index("Oui")
