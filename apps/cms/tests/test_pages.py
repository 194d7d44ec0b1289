"""Written pages: published through the service, read by shoppers in their language."""

import pytest
from django.test import Client

from apps.catalog.interface import Kind, ProductDraft, Variant, catalog
from apps.cms.interface import Link, PageDraft, cms
from apps.cms.models import ContentPage, HomePage

pytestmark = pytest.mark.django_db

HOME = PageDraft(
    slug="home",
    title={"en": "Good things", "fr": "De bonnes choses"},
    intro={"en": "Made slowly.", "fr": "Faites lentement."},
    featured=("MUG", "GONE"),
)
ABOUT = PageDraft(
    slug="about",
    title={"en": "About us", "fr": "Qui sommes-nous"},
    body={"en": "<p>One kiln.</p>", "fr": "<p>Un four.</p>"},
    in_menu=True,
)


@pytest.fixture
def mug():
    draft = ProductDraft(
        key="MUG", kind=Kind.SIMPLE, name={"en": "Mug"}, slug="mug", variants=(Variant("MUG"),)
    )
    catalog.save(drafts=(draft,))


@pytest.mark.usefixtures("both_ways")
def test_publishes_every_page_once_in_every_language():
    assert cms.publish(pages=(ABOUT, HOME)) == 4
    assert cms.publish(pages=(ABOUT, HOME)) == 0
    assert (HomePage.objects.live().count(), ContentPage.objects.live().count()) == (2, 2)


@pytest.mark.usefixtures("both_ways")
def test_lists_the_menu_in_the_readers_language():
    cms.publish(pages=(HOME, ABOUT))
    assert cms.menu(locale="en") == (Link("About us", "/about/"),)
    assert cms.menu(locale="fr") == (Link("Qui sommes-nous", "/fr/about/"),)


def test_a_changed_page_is_published_anew():
    cms.publish(pages=(HOME, ABOUT))
    changed = PageDraft(slug="about", title={"en": "About"}, in_menu=True)
    assert cms.publish(pages=(changed,)) == 1
    assert b"<h1>About</h1>" in Client().get("/about/").content


def test_translations_know_of_each_other():
    cms.publish(pages=(HOME, ABOUT))
    english, french = ContentPage.objects.order_by("pk")
    assert english.translation_key == french.translation_key


def test_the_home_page_shows_products_that_are_sold(mug):
    cms.publish(pages=(HOME,))
    shown = Client().get("/").content.decode()
    assert "Good things" in shown
    assert 'href="/products/mug"' in shown
    assert "GONE" not in shown


def test_reads_in_french_under_its_own_address():
    cms.publish(pages=(HOME, ABOUT))
    assert "De bonnes choses" in Client().get("/fr/").content.decode()
    assert "Un four." in Client().get("/fr/about/").content.decode()


def test_a_shop_without_a_written_home_page_leads_to_its_shelves():
    shown = Client().get("/")
    assert (shown.status_code, b"/search/" in shown.content) == (200, True)


def test_an_unknown_page_is_told_plainly():
    answer = Client().get("/no-such-page/")
    assert answer.status_code == 404
    assert b"Traceback" not in answer.content
