import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from apps.pricing.interface import EVERYBODY, Audience, Price, pricing
from apps.pricing.models import CatalogPromotion, PriceList
from apps.pricing.service import facts
from apps.pricing.service.live import offers
from apps.pricing.tests import shelf
from apps.pricing.tests.partner import Partner
from commerce import ids
from commerce.money import Money
from commerce.rest import keys
from commerce.telemetry.metrics import FAILED_OPEN

pytestmark = pytest.mark.django_db
LIVE = "/api/pricing/v1/live"
QUOTES = "/api/pricing/v1/quotes"
NOW = {"starts_at": None, "line": None}  # of what can be had at once


@pytest.fixture(autouse=True)
def shop(prices, both_ways):
    """Ask the neighbours plainly and through the wire."""


@pytest.fixture
def api():
    client = Client(raise_request_exception=False, headers={"X-Api-Key": keys.storefront_key()})
    return lambda path, **query: client.get(path, query)


@pytest.fixture
def silence(settings):
    """Let stock answer nobody."""
    silent = {"BACKEND": "apps.pricing.tests.shelf.SilentStock"}
    settings.SERVICES = settings.SERVICES | {"stock": settings.SERVICES["stock"] | silent}


def told(answer):
    return {offer["sku"]: offer["availability"] for offer in answer.json()["data"]}


def test_tells_a_page_everything_in_one_call(api):
    answer = api(LIVE, sku="MUG,TEE,HAT")
    mug, tee = answer.json()["data"]
    assert mug["price"] == {"amount": "12.90", "currency": "EUR", "formatted": "€12.90"}
    assert mug["before"] is None
    assert mug["availability"] == NOW | {"state": "in-stock", "free": 9, "text": "In stock"}
    assert tee["availability"] == NOW | {"state": "low", "free": 3, "text": "Only 3 left"}
    assert answer.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=1")
    assert "Vary" not in answer.headers


def test_tells_what_is_sold_out_uncounted_or_made_of_parts(api):
    assert told(api(LIVE, sku="BOOK,FILE,SET")) == {
        "BOOK": NOW | {"state": "sold-out", "free": 0, "text": "Sold out"},
        "FILE": NOW | {"state": "in-stock", "free": None, "text": "In stock"},
        "SET": NOW | {"state": "low", "free": 3, "text": "Only 3 left"},
    }


def test_tells_when_a_sale_begins_and_where_its_line_is(api, client):
    shelf.OPENINGS["TEE"] = datetime(2027, 3, 1, 17, 30, tzinfo=UTC)
    seen = told(api(LIVE, sku="TEE,SET,MUG", locale="fr"))
    assert (
        seen["TEE"]
        == seen["SET"]
        == {
            "state": "coming",
            "free": 3,
            "starts_at": "2027-03-01T17:30:00Z",
            "line": "TEE",
            "text": "En vente à partir du 1 mars 2027 à 17:30 (UTC)",
        }
    )
    assert seen["MUG"]["state"] == "in-stock"
    answer = client.get("/live", {"sku": "SET"})
    assert answer.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=1")
    for page in (answer.json()["SET"], client.get("/live/SET").text):
        assert 'href="/line/?sku=TEE" target="_parent"' in page
        assert "On sale from March 1, 2027 at 17:30 (UTC)" in page
    assert 'href="/fr/line/?sku=TEE"' in client.get("/fr/live/SET").text


@pytest.mark.parametrize(
    ("display", "mug", "tee"),
    [
        ("exact", (9, "in-stock"), (3, "low")),
        ("threshold", (None, "in-stock"), (3, "low")),
        ("flag", (None, "in-stock"), (None, "in-stock")),
    ],
)
def test_says_no_more_of_what_is_left_than_the_shop_shows(api, client, settings, display, mug, tee):
    settings.STOCK_DISPLAY, settings.STOCK_DISPLAY_THRESHOLD = display, 3
    seen = told(api(LIVE, sku="MUG,TEE,BOOK"))
    assert [(seen[sku]["free"], seen[sku]["state"]) for sku in ("MUG", "TEE")] == [mug, tee]
    assert seen["BOOK"]["state"] == "sold-out"
    pages = (client.get("/live/TEE").text, client.get("/live", {"sku": "TEE"}).json()["TEE"])
    assert ["Only 3 left" in page for page in pages] == [tee[1] == "low"] * 2


def test_partners_see_what_is_left_exactly(settings):
    settings.STOCK_DISPLAY = "flag"
    secret = keys.make("sk")
    keys.ensure("Till", "sk", secret)
    answer = Client().get(LIVE, {"sku": "TEE"}, headers={"Authorization": f"Bearer {secret}"})
    assert told(answer)["TEE"]["free"] == 3


def test_shows_the_price_before_in_the_readers_way(api):
    pricing.set_prices(prices=(Price("MUG", Money.of("9.5", "EUR"), Money.of("12.9", "EUR")),))
    (mug,) = api(LIVE, sku="MUG", locale="fr").json()["data"]
    assert mug["price"]["formatted"] == "9,50\N{NO-BREAK SPACE}€"
    assert mug["before"]["formatted"] == "12,90\N{NO-BREAK SPACE}€"


def test_leaves_out_what_has_no_price_or_is_offline(api):
    pricing.set_prices(prices=(Price("GHOST", Money.of("1", "EUR")),))
    assert api(LIVE, sku="GHOST").json() == {"data": []}
    assert api(LIVE, sku="MUG", currency="USD").json() == {"data": []}


def test_tells_prices_while_stock_is_silent(api, silence):
    before = FAILED_OPEN.labels("availability")._value.get()
    (mug,) = api(LIVE, sku="MUG", locale="fr").json()["data"]
    assert mug["price"]["amount"] == "12.90"
    assert (mug["availability"]["state"], mug["availability"]["free"]) == ("unknown", None)
    assert mug["availability"]["text"].startswith("Nous ne pouvons pas dire")
    assert FAILED_OPEN.labels("availability")._value.get() == before + 1


def test_pages_show_prices_while_stock_is_silent(client, silence):
    for page in (client.get("/live/MUG").text, client.get("/live", {"sku": "MUG"}).json()["MUG"]):
        assert "€12.90" in page
        assert "We cannot say right now how many are left" in page


@pytest.mark.parametrize("count", [1, 100])
def test_asks_the_database_as_often_for_a_whole_page(count, django_assert_num_queries):
    with django_assert_num_queries(3):  # price lists, catalogue promotions, prices
        offers(("MUG", *(f"SKU-{number}" for number in range(1, count))), "EUR")


def test_who_looked_a_moment_ago_asks_for_prices_and_stock_alone(
    remembering, django_assert_num_queries
):
    before = offers(("MUG", "TEE"), "EUR")
    with django_assert_num_queries(1):  # and stock, which is made of paper here
        assert offers(("MUG", "TEE"), "EUR") == before


def test_new_prices_and_stock_are_told_at_once(remembering):
    offers(("MUG",), "EUR")
    pricing.set_prices(prices=(Price("MUG", Money.of("9.5", "EUR")),))
    shelf.UNITS["MUG"] = 2
    (mug,) = offers(("MUG",), "EUR")
    assert (mug.price.unit, mug.free) == (Money.of("9.5", "EUR"), 2)


def test_a_promotion_that_is_known_begins_and_ends_at_its_second(remembering):
    noon = datetime(2030, 5, 1, 12, tzinfo=UTC)
    second = timedelta(seconds=1)
    CatalogPromotion.objects.create(
        key="sale", name="Sale", is_live=True, percent=50, since=noon, until=noon + second
    )
    told = []
    for moment in (noon - second, noon, noon + second):
        with time_machine.travel(moment, tick=False):
            told += [offer.price.unit.minor for offer in offers(("MUG",), "EUR")]
    assert told == [1290, 645, 1290]


def test_a_new_promotion_is_seen_by_everybody_within_half_a_second(remembering):
    offers(("MUG",), "EUR")
    CatalogPromotion.objects.create(key="sale", name="Sale", is_live=True, percent=50)
    time.sleep(facts.RULES.seconds)
    (mug,) = offers(("MUG",), "EUR")
    assert (mug.price.unit.minor, mug.price.before) == (645, Money(1290, "EUR"))


def test_what_one_customer_is_told_nobody_else_is(remembering):
    alice = Audience(customer=uuid4())
    PriceList.objects.create(code="alice", name="Alice", customers=[alice.customer])
    pricing.set_prices(prices=(Price("MUG", Money.of("9", "EUR"), price_list="alice"),))
    told = [offers(("MUG",), "EUR", who)[0].price.unit.minor for who in (EVERYBODY, alice) * 2]
    assert told == [1290, 900] * 2


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({}, "sku"),
        ({"sku": ",".join(f"S{number}" for number in range(101))}, "sku"),
        ({"sku": "M" * 256}, "sku"),
        ({"sku": "MUG", "currency": "XXX"}, "currency"),
        ({"sku": "MUG", "currency": "eur'; --"}, "currency"),
        ({"sku": "MUG", "locale": "../en"}, "locale"),
    ],
)
@pytest.mark.parametrize("path", [LIVE, "/live"])
def test_names_the_parameter_it_cannot_use(api, path, query, parameter):
    answer = api(path, **query)
    assert (answer.status_code, answer.json()["code"]) == (400, "query-invalid")
    assert answer.json()["errors"][0]["parameter"] == parameter


@pytest.mark.parametrize("path", [LIVE, QUOTES])
def test_answers_only_those_with_a_key(path):
    assert Client().get(path, {"sku": "MUG"}).status_code == 401


def test_quotes_some_units_with_their_tax(api):
    lines = api(QUOTES, sku="MUG,HAT,BOOK", qty="3,1,2", country="DE").json()["data"]
    assert [(line["sku"], line["total"]["amount"]) for line in lines] == [
        ("MUG", "38.70"),
        ("BOOK", "42.20"),
    ]
    assert [(line["tax"]["amount"], line["tax_rate"]) for line in lines] == [
        ("6.18", "19"),
        ("2.76", "7"),
    ]


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000000", "two", "1.5", "٣", "1e3"])
def test_quotes_no_strange_quantities(api, quantity):
    answer = api(QUOTES, sku="MUG", qty=quantity)
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "qty")


def test_quotes_one_quantity_for_each_sku_or_none(api):
    assert api(QUOTES, sku="MUG,TEE", qty="2").status_code == 400
    assert [line["quantity"] for line in api(QUOTES, sku="MUG,TEE").json()["data"]] == [1, 1]


def test_fills_the_places_of_a_page_by_sku(client):
    places = client.get("/live", {"sku": "MUG,<b>"}).json()
    assert "€12.90" in places["MUG"]
    assert "Not available" in places["<b>"]


def test_fragment_shows_a_page_without_script_the_price(client):
    page = client.get("/live/MUG")
    assert "€12.90" in page.text
    assert "In stock" in page.text
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "private" in page.headers["Cache-Control"]


def test_fragment_follows_the_cookie_and_the_language(client):
    pricing.set_prices(prices=(Price("MUG", Money.of("14", "USD")),))
    client.cookies["currency"] = "USD"
    assert "14,00\N{NO-BREAK SPACE}$US" in client.get("/fr/live/MUG").text
    assert "€12.90" in client.get("/live/MUG?currency=EUR").text
    client.cookies["currency"] = "<script>"
    assert "€12.90" in client.get("/live/MUG").text


def test_what_is_sold_out_can_be_waited_for(client):
    shelf.shelve("PAIR", of={"BOOK": 2})
    pricing.set_prices(prices=(Price("PAIR", Money.of("40", "EUR")),))
    places = client.get("/live", {"sku": "BOOK,MUG,PAIR", "locale": "fr"}).json()
    assert 'action="/fr/alerts/new" method="post"' in places["BOOK"]
    assert ["<form" in places[sku] for sku in ("BOOK", "MUG", "PAIR")] == [True, False, False]
    assert 'href="/alerts/?sku=BOOK" target="_parent"' in client.get("/live/BOOK").text
    assert "alerts" not in client.get("/live/MUG").text


def test_fragment_says_that_an_unknown_sku_cannot_be_had(client):
    page = client.get("/live/24-MB01/<script>alert(1)")
    assert "Not available" in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize("path", [LIVE, QUOTES])
def test_partners_ask_what_a_customer_a_group_or_a_channel_pays(api, path):
    alice = ids.new()
    for code, words in {
        "app": {"channels": ["app"]},
        "trade": {"groups": ["trade"]},
        "alice": {"customers": [alice]},
    }.items():
        PriceList.objects.create(code=code, name=code, **words)
    amounts = {"app": 1200, "trade": 1000, "alice": 900}
    pricing.set_prices(
        prices=tuple(Price("MUG", Money(m, "EUR"), price_list=c) for c, m in amounts.items())
    )
    partner = Partner("pricing:read")

    def asked(**query):
        answer = partner.get(f"{path}?{urlencode({'sku': 'MUG'} | query)}")
        (mug,) = answer.json()["data"]
        unit = mug.get("price") or mug["unit"]
        return unit["amount"], answer.headers["Cache-Control"].startswith("public")

    assert asked() == ("12.90", True)
    assert asked(channel="app") == ("12.00", True)
    assert asked(group="trade") == ("10.00", False)
    assert asked(customer=ids.public("cus", alice)) == ("9.00", False)
    assert asked(customer=ids.public("cus", ids.new())) == ("12.90", False)
    assert partner.get(f"{path}?sku=MUG&customer=alice").status_code == 400
    for few in ({"group": "trade"}, {"customer": ids.public("cus", alice)}):
        refused = api(path, sku="MUG", **few)
        assert (refused.status_code, refused.json()["code"]) == (400, "query-invalid")
    assert api(path, sku="MUG", channel="app").status_code == 200
