"""Finding products as partners and shop fronts do."""

import json

import msgspec
import pytest
from django.test import Client

from apps.search.rest import Found
from commerce.rest.keys import storefront_key

from .test_search import empty_house, shelve

__all__ = ["both_ways", "empty_house", "mugs"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def both_ways():
    """Let the API be asked for once: it is the same whoever answers."""


@pytest.fixture
def mugs(empty_house):
    shelve("MUG-B", "Blue mug", attributes={"color": ("Blue",)})
    shelve("MUG-R", "Red mug", attributes={"color": ("Red",)})


def ask(**query):
    return Client(headers={"X-Api-Key": storefront_key()}).get("/api/search/v1/products", query)


def test_finds_narrows_and_counts(mugs):
    found = ask(q="mug", **{"f[color]": "Blue"}).json()
    assert [hit["sku"] for hit in found["data"]] == ["MUG-B"]
    assert found["total"] == 1
    colour = next(facet for facet in found["facets"] if facet["code"] == "color")
    assert {value["value"]: value["count"] for value in colour["values"]} == {"Blue": 1, "Red": 1}


def test_answers_as_documented(mugs):
    found = ask(q="mug").json()
    assert json.loads(msgspec.json.encode(msgspec.convert(found, Found))) == found


@pytest.mark.parametrize("query", [{"sort": "price"}, {"from": "10001"}, {"limit": "0"}])
def test_refuses_questions_it_cannot_answer(query):
    refused = ask(**query)
    assert (refused.status_code, refused.json()["code"]) == (400, "query-invalid")
