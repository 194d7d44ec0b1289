"""Finding products in a small house of mugs and shirts."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import override_settings

from apps.catalog.interface import (
    Attribute,
    Batch,
    Category,
    Kind,
    Product,
    ProductDraft,
    Variant,
    Visibility,
)
from apps.search import store
from apps.search.interface import Query, search
from apps.search.models import Synonyms
from apps.search.service import entries, facets, follow, rebuild
from commerce import ids

pytestmark = [pytest.mark.usefixtures("both_ways"), pytest.mark.django_db]
SHELF: dict[str, Product] = {}
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


class FakeCatalog:
    """A catalogue of whatever a test puts on the shelf."""

    def products(self, *, ids):
        by_id = {product.id: product for product in SHELF.values()}
        return tuple(by_id[one] for one in ids if one in by_id)

    def batch(self, *, after=None, limit=500, since=None, beyond=None):
        reached = max((product.revision for product in SHELF.values()), default=0)
        told = [one for one in SHELF.values() if beyond is None or one.revision > beyond]
        return Batch(products=tuple(told), next=None, revision=reached)

    def categories(self):
        return (
            Category("home", {"en": "Home", "fr": "Maison"}, 1),
            Category("home/kitchen", {"en": "Kitchen", "fr": "Cuisine"}, 2),
            Category("homeware", {"en": "Homeware"}, 1),
        )

    def attributes(self):
        colours = {"Blue": {"en": "Blue", "fr": "Bleu"}, "Red": {"en": "Red", "fr": "Rouge"}}
        return (
            Attribute("color", {"en": "Colour", "fr": "Couleur"}, colours),
            Attribute("secret", {"en": "Secret"}, facet=False),
        )


@pytest.fixture(autouse=True)
def empty_house(tmp_path, settings, both_ways):
    SHELF.clear()
    facets.WORDS.until = 0.0
    backend = "apps.search.tests.test_search.FakeCatalog"
    services = settings.SERVICES | {"catalog": {"BACKEND": backend}}
    with override_settings(SEARCH_INDEX=tmp_path / "search", SERVICES=services):
        yield


def shelve(key, name, **more) -> Product:
    product = put(key, name, **more)
    search.refresh(products=(product.id,))
    return product


def put(key, name, *, revision=0, **more) -> Product:
    options = {
        "kind": Kind.SIMPLE,
        "slug": key.lower(),
        "variants": (Variant(key),),
        "categories": ("Home/Kitchen",),
    } | more
    draft = ProductDraft(key=key, name=name if isinstance(name, dict) else {"en": name}, **options)
    known = SHELF[key].id if key in SHELF else ids.new()
    SHELF[key] = Product(known, 1, datetime.now(UTC), draft, revision)
    return SHELF[key]


def found(**question) -> list[str]:
    return [hit.name for hit in search.find(query=Query(locale="en", **question)).hits]


def test_finds_by_stem_and_beginning():
    shelve("MUG", "Running mugs")
    assert found(text="mug run") == ["Running mugs"]
    assert found(text="runn") == ["Running mugs"]
    assert found(text="teapot") == []


def test_a_name_counts_more_than_a_text():
    shelve("TEE", "Shirt", description={"en": "<p>Goes with a <b>mug</b></p>"})
    shelve("MUG", "Mug")
    assert found(text="mug") == ["Mug", "Shirt"]


def test_forgives_a_slip_and_says_what_was_meant():
    shelve("MUG", "Kitchen teapot")
    results = search.find(query=Query(locale="en", text="taepot"))
    assert [hit.name for hit in results.hits] == ["Kitchen teapot"]
    assert results.suggestion == "teapot"


def test_speaks_the_shoppers_language():
    shelve("MUG", {"en": "Blue mug", "fr": "Tasse bleue"})
    results = search.find(query=Query(locale="fr", text="tasses"))
    assert results.hits[0].name == "Tasse bleue"


def test_finds_by_sku_whatever_its_case():
    shelve("MH01-XS-Black", "Hoodie")
    assert found(text="mh01-xs-black") == ["Hoodie"]


def test_counts_what_each_choice_would_leave():
    shelve("MUG-B", "Blue mug", attributes={"color": ("Blue",), "secret": ("yes",)})
    shelve("MUG-R", "Red mug", attributes={"color": ("Red",)})
    results = search.find(query=Query(locale="fr", filters={"color": ("Red",)}))
    assert results.total == 1
    colour = next(facet for facet in results.facets if facet.code == "color")
    counted = [(value.label, value.count, value.selected) for value in colour.values]
    assert (colour.label, counted) == ("Couleur", [("Bleu", 1, False), ("Rouge", 1, True)])
    assert "secret" not in [facet.code for facet in results.facets]


def test_shows_only_the_categories_one_step_below():
    shelve("MUG", "Mug")
    top = search.find(query=Query(locale="en")).facets[0]
    assert [value.value for value in top.values] == ["home"]
    below = search.find(query=Query(locale="en", category="home")).facets[0]
    assert [value.label for value in below.values] == ["Kitchen"]


def test_forgets_what_went_offline():
    product = shelve("MUG", "Mug")
    SHELF["MUG"] = Product(
        product.id,
        2,
        product.updated_at,
        ProductDraft(
            key="MUG", kind=Kind.SIMPLE, name={"en": "Mug"}, slug="mug", online=False,
            visibility=Visibility.EVERYWHERE,
        ),
    )  # fmt: skip
    search.refresh(products=(product.id,))
    assert found() == []


def test_indexing_twice_finds_once():
    product = shelve("MUG", "Mug")
    search.refresh(products=(product.id, product.id))
    assert found() == ["Mug"]


def test_sorts_by_name_and_pages():
    for name in ("Cup", "Éclair", "Dish", "Apple"):
        shelve(name.upper(), name)
    assert found(sort="name") == ["Apple", "Cup", "Dish", "Éclair"]
    assert found(sort="name", start=2, size=1) == ["Dish"]


def test_a_rebuild_replaces_the_index_while_it_answers():
    product = shelve("MUG", "Mug")
    before = store.generation()
    SHELF["TEE"] = Product(
        ids.new(), 1, product.updated_at,
        ProductDraft(key="TEE", kind=Kind.SIMPLE, name={"en": "Tee"}, slug="tee"),
    )  # fmt: skip
    assert rebuild() == 2
    assert store.generation() != before
    assert not before.exists()
    assert sorted(found()) == ["Mug", "Tee"]


def test_an_index_that_is_missing_is_built_once():
    shelve("MUG", "Mug")
    call_command("rebuild_search", if_missing=True, stdout=StringIO())
    built = store.generation()
    call_command("rebuild_search", if_missing=True, stdout=StringIO())
    assert store.generation() == built
    assert found() == ["Mug"]


def test_a_rebuild_loses_nothing_that_changes_meanwhile():
    going, staying = shelve("MUG", "Mug"), shelve("TEE", "Tee")

    def everything():
        yield from entries.everything()
        shelve("TEE", "Shirt", slug="shirt")
        SHELF.pop("MUG")
        search.refresh(products=(going.id, staying.id))
        shelve("CUP", "Cup")

    store.rebuild(everything(), entries.anew)
    assert sorted(found()) == ["Cup", "Shirt"]


@pytest.mark.parametrize("text", ['"', "a AND (", "\x00", "ﷺ" * 200, "color:Blue", "''''", "🙂"])
def test_no_question_is_an_error(text):
    shelve("MUG", "Mug")
    assert isinstance(found(text=text), list)


def test_asks_beyond_the_end_politely():
    shelve("MUG", "Mug")
    assert found(start=999_999, size=0) == []


def test_narrows_only_by_what_is_offered():
    shelve("MUG", "Mug", attributes={"color": ("Blue",), "secret": ("yes",)})
    assert found(filters={"secret": ("no",), "nothing": ("x",)}) == ["Mug"]
    assert found(filters={"color": ("Red",)}) == []


def test_guesses_from_the_beginning():
    shelve("MUG", {"en": "Kitchen mug", "fr": "Tasse de cuisine"})
    told = search.suggest(text="kitc", locale="en")
    assert [(each.text, each.leads.value, each.to) for each in told] == [
        ("Kitchen", "category", "home/kitchen"),
        ("Kitchen mug", "product", "mug"),
    ]
    assert [each.text for each in search.suggest(text="cuisnie", locale="fr")] == [
        "Tasse de cuisine"
    ]
    assert search.suggest(text="k", locale="en") == ()


def test_finds_by_the_merchants_synonyms():
    Synonyms.objects.create(language="en", words="couch, Sofa , day bed")
    shelve("ROME", "Sofa Rome")
    shelve("PARIS", "Day bed Paris")
    shelve("OSLO", "Bed Oslo")
    assert sorted(found(text="red couch")) == []
    assert sorted(found(text="couch")) == ["Day bed Paris", "Sofa Rome"]
    assert found(text="day bed rome") == ["Sofa Rome"]


def test_follows_the_catalogue_after_being_away():
    put("MUG", "Mug", revision=7)
    assert follow() is False  # nothing beyond what it was built from
    assert found() == ["Mug"]
    put("TEE", "Tee", revision=8)
    put("MUG", "Mug", revision=9, online=False)
    assert follow() is True
    assert found() == ["Tee"]
    assert follow() is False


def test_a_product_is_found_while_it_is_on_sale(time_machine):
    time_machine.move_to(NOON)
    hour = timedelta(hours=1)
    shelve("SOON", "Soon", online_from=NOON + hour)
    shelve("NOW", "Now", online_from=NOON - hour, online_until=NOON + hour)
    shelve("ALWAYS", "Always")
    assert sorted(found()) == ["Always", "Now"]
    time_machine.move_to(NOON + hour)
    assert sorted(found()) == ["Always", "Soon"]


def test_leads_to_the_page_in_the_shoppers_language():
    shelve("MUG", {"en": "Mug", "fr": "Tasse"}, slugs={"fr": "tasse"})
    slugs = [search.find(query=Query(locale=one)).hits[0].slug for one in ("en", "fr")]
    assert slugs == ["mug", "tasse"]
