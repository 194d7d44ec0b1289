"""The happy path of the API over HTTP, and the same with services elsewhere."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from apps.catalog.interface import Kind
from apps.pricing.interface import Price, pricing
from apps.stock.interface import stock
from commerce.money import Money
from tests.journeys.partner import ADDRESS, Partner, sell

pytestmark = pytest.mark.django_db(transaction=True)


def test_partner_buys_as_the_api_promises(house, settings):
    sell("MUG-BLUE", 3, price="10.00")
    sell("VOUCHER", 5, kind=Kind.VIRTUAL, price="25.00")
    buys_what_is_sent(Partner(house))
    buys_in_five_calls(Partner(house))
    cannot_buy_what_is_not_there(Partner(house))
    eight_twins_have_one_effect(Partner(house))
    pays_what_the_frozen_cart_cost(Partner(house))
    assert stock.available(skus=("MUG-BLUE",))["MUG-BLUE"].free == 1


def buys_what_is_sent(ada):
    begun = ada.begin()
    assert begun.status == 201
    assert begun.headers["ETag"] == '"1"'
    assert begun.body["items"] == []
    assert begun.body["totals"]["grand"] == {"amount": "0.00", "currency": "EUR"}

    added = ada.add("MUG-BLUE", 2)
    assert added.status == 201
    assert (added.body["sku"], added.body["quantity"]) == ("MUG-BLUE", 2)
    assert added.body["hold"]["expires_at"].endswith("Z")

    told = ada.change("PATCH", "", {"email": "ada@example.com", "shipping_address": ADDRESS})
    assert told.status == 200, told.body
    options = ada.ask("GET", f"/api/cart/v1/carts/{ada.cart}/shipping-options").body["data"]
    chosen = ada.change("PUT", "/shipping", {"option": options[0]["code"]})
    assert chosen.status == 200

    session = ada.pay()
    assert (session.status, session.body["status"]) == (201, "authorised")
    assert session.body["amount"] == chosen.body["totals"]["grand"]
    assert ada.post("/api/orders/v1/prechecks", ada.wish(session)).body == {"ok": True}

    order = ada.order(session)
    assert order.status == 202, order.body
    assert order.headers["Location"] == f"/api/orders/v1/orders/{order.body['id']}"
    assert order.body["number"].startswith("H-")
    assert order.body["status"] == "accepted"

    shown = ada.follow(order)
    assert shown.body["number"] == order.body["number"]
    assert shown.body["status"] in {"placed", "paid"}
    assert shown.body["totals"]["grand"] == session.body["amount"]
    assert shown.body["shipping_address"]["city"] == "Paris"


def buys_in_five_calls(ben):
    """A guest who is sent nothing needs no address; the order of five calls."""
    ben.begin()
    assert ben.add("VOUCHER", 1).status == 201
    order = ben.order(ben.pay())
    assert order.status == 202, order.body
    assert ben.follow(order).body["status"] in {"placed", "paid"}


def cannot_buy_what_is_not_there(eve):
    eve.begin()
    refused = eve.add("MUG-BLUE", 2)
    assert (refused.status, refused.body["code"]) == (409, "out-of-stock")
    assert refused.body["type"] == "/api/problems/out-of-stock"
    assert refused.body["errors"][0]["meta"]["available"] == 1


def eight_twins_have_one_effect(sue):
    sue.begin()
    sue.add("VOUCHER", 1)
    session = sue.pay()
    with ThreadPoolExecutor(8) as twins:
        answers = list(twins.map(lambda _: sue.order(session, key="twin"), range(8)))
    told = Counter(answer.status for answer in answers)
    assert set(told) <= {202, 409}
    assert told[202] >= 1
    assert len({answer.body["number"] for answer in answers if answer.status == 202}) == 1


def pays_what_the_frozen_cart_cost(tim):
    tim.begin()
    tim.add("VOUCHER", 1)
    frozen = tim.post(f"/api/cart/v1/carts/{tim.cart}/freeze", None)
    assert (frozen.status, frozen.body["version"]) == (200, 3)
    tim.version = 3
    pricing.set_prices(prices=(Price("VOUCHER", Money.of("99.00", "EUR")),))
    assert tim.add("VOUCHER", 1).body["code"] == "cart-frozen"
    session = tim.pay()
    assert session.body["amount"] == {"amount": "25.00", "currency": "EUR"}
    assert tim.order(session).status == 202
