"""A product's page is the same for everyone."""

import pytest
from django.test import Client

from apps.catalog.interface import (
    Attribute,
    Category,
    Component,
    Kind,
    ProductDraft,
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
    with django_assert_max_num_queries(6):
        shown = page("/products/mug")
    assert len(shown) < MOST_BYTES
