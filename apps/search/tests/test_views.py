"""Shelves and searches as pages: every filter is a link."""

import html
import json
import re
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client

from apps.search.tests.test_search import empty_house, shelve  # noqa: F401
from apps.search.views import sitemaps

pytestmark = pytest.mark.django_db
SITEMAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def both_ways():
    """Let pages be asked for once: they are the same whoever answers."""


@pytest.fixture
def mugs(empty_house):  # noqa: F811
    shelve("MUG-B", "Blue mug", attributes={"color": ("Blue",)})
    shelve("MUG-R", "Red mug", attributes={"color": ("Red",)})


def shown(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def names(page: str) -> list[str]:
    return re.findall(r'<h3><a href="[^"]*">([^<]*)</a>', page)


def test_a_shelf_shows_what_is_on_it(mugs):
    assert sorted(names(shown("/shelves/home/kitchen/"))) == ["Blue mug", "Red mug"]
    assert Client().get("/shelves/garden/").status_code == 404


def test_a_filter_is_a_link_that_narrows_and_widens_again(mugs):
    narrow = re.search(r'href="(/shelves/home/[^"]*Blue[^"]*)"', shown("/shelves/home/"))[1]
    page = shown(narrow)
    assert names(page) == ["Blue mug"]
    assert 'aria-current="true"' in page
    assert 'href="/shelves/home/"' in page


def test_the_same_question_has_one_address(mugs):
    one = shown("/shelves/home/?f[color]=Red&sort=name&f[color]=Blue")
    other = shown("/shelves/home/?sort=name&f[color]=Blue&f[color]=Red")
    links = re.compile(r'href="([^"]*)" rel="nofollow"')
    assert links.findall(one) == links.findall(other)


def test_searching_says_what_was_meant(mugs):
    page = shown("/search/?q=bleu+mug")
    assert names(page) == ["Blue mug"]
    assert 'href="/search/?q=blue+mug"' in page


def test_finding_nothing_leads_on(mugs):
    page = shown("/search/?q=submarine")
    assert "Nothing here matches" in page
    assert 'href="/search/"' in page


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=two", "page=999999999999", "sort=price", "f[]=x", "f[x]=", "q=%F0"],
)
def test_no_address_is_an_error(mugs, query):
    assert Client().get(f"/search/?{query}").status_code == 200


def test_holds_no_price_and_may_be_kept_by_every_cache(mugs):
    answer = Client().get("/shelves/home/")
    assert "s-maxage=60" in answer["Cache-Control"]
    assert "€" not in answer.content.decode()
    assert answer.cookies == {}


def test_speaks_french(mugs):
    page = shown("/fr/shelves/home/")
    assert "Maison" in page
    assert "2 produits" in page


def test_asks_the_database_nothing(mugs, django_assert_max_num_queries):
    shown("/shelves/home/")
    with django_assert_max_num_queries(1):
        shown("/shelves/home/")


def test_says_where_it_is_to_machines(mugs):
    page = shown("/shelves/home/kitchen/?f[color]=Red&sort=name")
    assert f'<link rel="canonical" href="{settings.SHOP_URL}/shelves/home/kitchen/">' in page
    assert 'content="noindex, follow"' in page
    said = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert [step["name"] for step in said["itemListElement"]] == ["Home", "Kitchen"]
    assert "noindex" not in shown("/shelves/home/kitchen/")


def addresses(path: str) -> list[str]:
    answer = Client().get(path)
    assert answer["Content-Type"] == "application/xml"
    tree = ElementTree.fromstring(answer.getvalue())  # our own
    return [each.text.removeprefix(settings.SHOP_URL) for each in tree.iter(f"{SITEMAPS}loc")]


def test_tells_crawlers_every_address_in_every_language(mugs, monkeypatch):
    monkeypatch.setattr(sitemaps, "MOST", 4)
    shelve("OFF", "Gone", online=False)
    files = addresses("/sitemap.xml")
    pages = [page for file in files for page in addresses(file)]
    assert len(files) > 2
    assert {"/products/mug-b", "/fr/products/mug-r", "/fr/shelves/home/kitchen/"} < set(pages)
    assert len(pages) == len(set(pages)) == 2 * (2 + 3)
    assert Client().get("/sitemaps/products-99.xml").status_code == 404
    assert f"Sitemap: {settings.SHOP_URL}/sitemap.xml" in Client().get("/robots.txt").text
