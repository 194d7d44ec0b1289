"""What strangers type into addresses: trials S13 (injection) and S35 (use of resources)."""

import random
import time
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commerce.rest.keys import storefront_key

from .test_search import empty_house, shelve  # noqa: F401

pytestmark = pytest.mark.django_db
PIECES = (
    *("__", "'", '"', "`", "\\", "$", "%", "%00", "\x00", ".", "..", "/", "[", "]", "{", "}"),
    *("_connector", "OR", "AND", "1=1", "--", ";", "/*", "*", "?", "~", "^", ":", "+", "TO"),
    *("color", "color__in", "color.x", "properties", "tile", "product", "\ud7ff", "é", "🙂"),
    *("pg_sleep(9)", "SELECT", "UNION", "' OR ''='", "{{7*7}}", "<script>", "a" * 5_000),
)
QUERIES = 20
LONGEST = 0.3  # seconds of the processor


@pytest.fixture
def both_ways():
    """Let strangers ask once: they are told the same whoever answers."""


@pytest.fixture
def mugs(empty_house):  # noqa: F811
    for number in range(30):
        colour = "Blue" if number % 2 else "Red"
        shelve(f"MUG-{number}", f"Mug {number}", attributes={"color": (colour,)})
    Client().get("/search/")  # what is slow only once
    Client(headers={"X-Api-Key": storefront_key()}).get("/api/search/v1/products")


def made_up(count: int) -> list[str]:
    chance = random.Random(13)
    return ["".join(chance.choices(PIECES, k=chance.randint(1, 4))) for _ in range(count)]


def asked(path: str, **headers: str):
    began = time.thread_time()
    with CaptureQueriesContext(connection) as queries:
        answer = Client(headers=headers).get(path)
    assert answer.status_code < 500, path
    assert len(queries) < QUERIES, path
    assert time.thread_time() - began < LONGEST, path[:200]
    return answer


def test_no_made_up_property_changes_a_row(mugs):
    key = storefront_key()
    total = asked("/api/search/v1/products", **{"X-Api-Key": key}).json()["total"]
    corpus = [quote(text[:100], safe="") for text in made_up(2_000)]
    for start in range(0, len(corpus), 20):
        query = "&".join(f"f[x{code}]=Blue" for code in corpus[start : start + 20])
        answer = asked(f"/api/search/v1/products?{query}", **{"X-Api-Key": key})
        assert answer.status_code == 400 or answer.json()["total"] == total


def test_no_made_up_value_is_an_error(mugs):
    for text in made_up(50):
        asked(f"/shelves/home/?f[color]={quote(text, safe='')}")
        asked(f"/search/?q={quote(text, safe='')}&sort={quote(text, safe='')}")
        asked(f"/search/guesses?q={quote(text, safe='')}")


@pytest.mark.parametrize(
    "query",
    [
        "page=1000000000",
        "page=400&sort=name",
        "page_size=1000000000",
        "&".join(f"f[color]=c{n}" for n in range(1_000)),
        "&".join(f"f[c{n}]=x" for n in range(1_000)),
        "q=" + "+".join(["m*.*"] * 1_000),
        "q=" + "a" * 7_000,
        "sort=-created_at,price,__all__",
        "category=" + "a/" * 3_000,
    ],
)
def test_nobody_makes_the_shop_work_hard(mugs, query):
    for path in ("/shelves/home/", "/search/", "/fr/search/"):
        asked(f"{path}?{query}")
    asked(f"/api/search/v1/products?{query}", **{"X-Api-Key": storefront_key()})


def test_a_filter_names_so_many_values_and_no_more(mugs):
    many = "&".join(f"f[color]={n}" for n in range(1_000))
    page = asked(f"/shelves/home/?{many}").content.decode()
    assert len(page) < 100_000
