"""Prices as signed-in customers see them, in apps and on pages."""

from uuid import UUID

import pytest
from django.test import Client

from apps.catalog.interface import Kind, ProductDraft, Variant, catalog
from apps.pricing.interface import Price, pricing
from apps.pricing.models import PriceList
from apps.pricing.service import giftcards
from apps.stock.interface import Line, stock
from commerce import ids
from commerce.money import Money
from commerce.rest.keys import storefront_key
from commerce.rest.tokens import Claims, read, sign
from commerce.testing.members import join

pytestmark = pytest.mark.django_db(transaction=True)
LIVE = "/api/pricing/v1/live?sku=MUG"
QUOTES = "/api/pricing/v1/quotes?sku=MUG"


@pytest.fixture
def mug(db):
    """Sell a mug for 12.00, and for 9.00 to wholesalers."""
    draft = ProductDraft("MUG", Kind.SIMPLE, {"en": "Mug"}, "mug", variants=(Variant("MUG"),))
    catalog.save(drafts=(draft,))
    PriceList.objects.create(code="trade", name="Trade", groups=["wholesale"])
    pricing.set_prices(
        prices=(
            Price("MUG", Money.of("12.00", "EUR")),
            Price("MUG", Money.of("9.00", "EUR"), price_list="trade"),
        )
    )
    stock.count(lines=(Line("MUG", 5),), reference="opening")


@pytest.fixture
def ada(mug):
    return join("ada@example.com", "Ada")


def id_of(member) -> UUID:
    return read(member.tokens["access_token"]).customer


def own_price(ada, amount):
    """Make a list for one customer alone."""
    PriceList.objects.create(code="adas", name="Ada's", customers=[id_of(ada)])
    pricing.set_prices(prices=(Price("MUG", Money.of(amount, "EUR"), price_list="adas"),))


def bearer(*groups):
    """Sign a token for somebody of some groups."""
    return {"Authorization": f"Bearer {sign(Claims(ids.new(), ids.new(), groups))}"}


def test_an_app_sees_the_prices_of_its_groups(mug):
    answer = Client().get(LIVE, headers=bearer("wholesale"))
    assert answer.json()["data"][0]["price"]["amount"] == "9.00"
    assert answer["Cache-Control"] == "private, no-store"
    quoted = Client().get(QUOTES, headers=bearer("wholesale"))
    assert quoted.json()["data"][0]["unit"]["amount"] == "9.00"
    assert quoted["Cache-Control"] == "private, no-store"


def test_everybody_else_sees_everybodys(mug):
    shop = {"X-Api-Key": storefront_key()}
    for headers in (shop, bearer()):
        assert Client().get(LIVE, headers=headers).json()["data"][0]["price"]["amount"] == "12.00"
    assert "s-maxage=1" in Client().get(LIVE, headers=shop)["Cache-Control"]


def test_nobody_asks_for_the_prices_of_others(mug):
    for question in ("group=wholesale", f"customer={ids.public('cus', ids.new())}"):
        assert Client().get(f"{LIVE}&{question}", headers=bearer()).status_code == 400


def test_a_browser_sees_its_shoppers_own_prices(ada):
    own_price(ada, "7.00")
    desk = ada.browser()
    answer = desk.get("/own/live?sku=MUG")
    assert "7.00" in answer.json()["MUG"]
    assert answer["Cache-Control"] == "no-store"
    assert "7.00" in desk.get("/live/MUG").text
    assert "private" in desk.get("/live/MUG")["Cache-Control"]
    assert "12.00" in desk.get("/live?sku=MUG").json()["MUG"]
    assert "12.00" in Client().get("/own/live?sku=MUG").json()["MUG"]


def test_the_cart_and_the_checkout_ask_for_the_same(ada):
    own_price(ada, "7.00")
    desk = ada.browser()
    desk.post("/cart/add", {"sku": "MUG", "quantity": 2})
    assert "€14.00" in desk.get("/cart/").text
    assert "€14.00" in desk.get("/checkout/").text
    here = Client().post("/api/cart/v1/carts", {}, "application/json", headers=ada.bearer).json()
    assert here["totals"]["subtotal"]["amount"] == "14.00"


def test_a_guests_cart_costs_less_once_its_shopper_is_known(ada):
    own_price(ada, "7.00")
    desk = Client(headers={"Sec-Fetch-Site": "same-origin"})
    desk.post("/cart/add", {"sku": "MUG", "quantity": 2})
    assert "€24.00" in desk.get("/cart/").text
    ada.sign_in(desk)
    assert "€14.00" in desk.get("/cart/").text


def test_store_credit_pays_for_a_customer(ada):
    giftcards.issue(Money.of("5.00", "EUR"), customer=id_of(ada))
    desk = ada.browser()
    desk.post("/cart/add", {"sku": "MUG"})
    here = Client().post("/api/cart/v1/carts", {}, "application/json", headers=ada.bearer).json()
    assert here["totals"]["due"]["amount"] == "7.00"
    assert [each["pays"]["amount"] for each in here["gift_cards"]] == ["5.00"]
