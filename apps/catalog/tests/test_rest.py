"""The catalogue as partners and shop fronts read it."""

import json
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
import time_machine
from django.test import Client

from apps.catalog.interface import Category, catalog
from apps.catalog.rest import Branch, Branches, Document, Documents
from commerce import clock, ids
from commerce.rest.keys import storefront_key

from .drafts import MUG, POT, SET, numbered

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    return Client(headers={"X-Api-Key": storefront_key()})


@pytest.fixture
def shop():
    catalog.save(drafts=(MUG, POT, SET))


def get(api, address, **query):
    answer = api.get(f"/api/catalog/v1/{address}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def keys(body):
    return [each["key"] for each in body["data"]]


def test_finds_products_by_sku(api, shop):
    found = get(api, "products", sku="MUG-BLUE,POT,NONE")
    assert set(keys(found)) == {"MUG", "POT"}


def test_finds_products_by_external_id(api, shop):
    assert keys(get(api, "products", external_id="ean-1")) == ["MUG"]


def test_shows_a_document_without_price_and_stock(api, shop):
    listed = get(api, "products", sku="MUG-BLUE")["data"][0]
    shown = get(api, f"products/{listed['id']}")
    assert shown == listed
    assert shown["variants"][0]["sku"] == "MUG-BLUE"
    assert shown["categories"] == [{"id": "kitchen/mugs-cups", "name": "Kitchen/Mugs & Cups"}]
    assert not {name for name in shown if "price" in name or "stock" in name}


def test_answers_are_as_documented(api, shop):
    listed = get(api, "products")
    product = f"products/{listed['data'][0]['id']}"
    for address, shape in (
        ("products", Documents),
        (product, Document),
        ("categories", Branches),
        ("categories/kitchen", Branch),
    ):
        body = get(api, address)
        assert json.loads(msgspec.json.encode(msgspec.convert(body, shape))) == body


def test_answers_with_an_etag_that_changes_with_the_product(api, shop):
    address = f"/api/catalog/v1/products/{get(api, 'products', sku='POT')['data'][0]['id']}"
    first = api.get(address)
    assert (first["ETag"], first["Cache-Control"].split(",")[0]) == ('"1"', "public")
    assert api.get(address, headers={"If-None-Match": '"1"'}).status_code == 304
    catalog.save(drafts=(replace(POT, related=("MUG",)),))
    assert api.get(address, headers={"If-None-Match": '"1"'})["ETag"] == '"2"'


@pytest.mark.parametrize("name", ["prod_00000000000000000000000000", "cart_1", "x"])
def test_answers_404_for_what_there_is_not(api, name):
    answer = api.get(f"/api/catalog/v1/products/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_hides_what_is_offline(api, shop):
    pot = catalog.find(codes=("POT",))[0].id
    catalog.save(drafts=(replace(POT, online=False),))
    assert api.get(f"/api/catalog/v1/products/{ids.public('prod', pot)}").status_code == 404
    assert keys(get(api, "products", sku="POT,MUG-BLUE")) == ["MUG"]


def test_lists_changes_with_what_went_offline(api, shop):
    later = clock.now() + timedelta(minutes=1)
    with time_machine.travel(later, tick=False):
        catalog.save(drafts=(replace(POT, online=False), replace(MUG, related=("POT",))))
    body = get(api, "products", updated_after=(later - timedelta(seconds=1)).isoformat())
    online = {each["id"]: each["online"] for each in body["data"]}
    gone = next(each for each in body["data"] if not each["online"])
    assert sorted(online.values()) == [False, True]
    assert set(gone) == {"id", "version", "updated_at", "online"}


@pytest.mark.parametrize("filters", [{}, {"updated_after": "2020-01-01T00:00:00Z"}])
def test_lists_everything_page_by_page(api, filters):
    catalog.save(drafts=numbered(5))
    seen, after = [], ""
    while after is not None:
        body = get(api, "products", limit=2, after=after, **filters)
        seen += keys(body)
        after = body["page"]["next"]
    assert sorted(seen) == [f"POT-{n}" for n in range(5)]


@pytest.mark.parametrize(
    "query",
    [
        {"updated_after": "yesterday"},
        {"updated_after": "2020-01-01T00:00:00"},
        {"limit": "0"},
        {"after": "nonsense"},
        {"sku": ",".join(map(str, range(101)))},
    ],
)
def test_refuses_questions_it_cannot_understand(api, query):
    answer = api.get("/api/catalog/v1/products", query)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_finds_nothing_under_what_nothing_is_called(api, shop):
    assert get(api, "products", external_id="none")["data"] == []


def test_asks_for_a_key():
    assert Client().get("/api/catalog/v1/products").status_code == 401


def test_shows_the_category_tree_as_deep_as_asked(api, shop):
    catalog.describe(categories=(Category("garden", {"en": "Garden", "fr": "Jardin"}, 1),))
    tree = get(api, "categories")["data"]
    assert [each["id"] for each in tree] == ["kitchen", "garden"]
    assert [each["id"] for each in tree[0]["children"]] == ["kitchen/mugs-cups"]
    assert get(api, "categories", depth=1)["data"][0]["children"] == []


def test_shows_one_category_with_its_branches(api, shop):
    assert get(api, "categories/kitchen")["children"][0]["id"] == "kitchen/mugs-cups"
    assert get(api, "categories/kitchen/mugs-cups")["depth"] == 2
    assert api.get("/api/catalog/v1/categories/kitchen/none").status_code == 404
