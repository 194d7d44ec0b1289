"""Bad input over HTTP, with real contexts: a clear problem each, and nothing moved."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from apps.payments.interface import payments
from apps.stock.interface import stock
from commerce import ids
from commerce.rest import keys
from commerce.testing.processes import running
from tests.journeys.partner import ADDRESS, Partner, sell
from tests.journeys.test_order_life import buy

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "sk_" + "b" * 32
SCOPES = ["orders:read", "orders:write", "payments:read", "payments:write"]
WHY = {"reason": "As agreed"}


@pytest.fixture
def shop():
    """Open a shop with five mugs."""
    sell("MUG", 5)
    keys.ensure("Books", "sk", SECRET, SCOPES)
    with running("web", "worker", "relay") as opened:
        yield opened.url


def merchant(shop, method, path, body=None):
    headers = {"Authorization": f"Bearer {SECRET}", "Idempotency-Key": ids.new().hex}
    return Partner(shop).ask(method, path, body, **headers)


def refusal(answer):
    errors = answer.body.get("errors") or [{}]
    return answer.status, answer.body["code"], errors[0].get("pointer")


def filled(shop, address=ADDRESS):
    """Put two mugs in a cart and say where they go."""
    shopper = Partner(shop)
    shopper.begin()
    shopper.add("MUG", 2)
    return shopper, shopper.change(
        "PATCH", "", {"email": "ada@example.com", "shipping_address": address}
    )


def sent(shopper):
    options = shopper.ask("GET", f"/api/cart/v1/carts/{shopper.cart}/shipping-options").body
    shopper.change("PUT", "/shipping", {"option": options["data"][0]["code"]})
    return shopper


def free():
    return stock.available(skus=("MUG",))["MUG"].free


def test_what_is_wrong_before_an_order_moves_nothing(shop):
    _, told = filled(shop, ADDRESS | {"country": "AQ"})
    assert refusal(told) == (422, "address-invalid", "/shipping_address/country")

    shopper = sent(filled(shop)[0])
    session = shopper.pay()
    seen = shopper.wish(session)
    checked = shopper.ask("POST", "/api/orders/v1/prechecks", seen)
    assert checked.body == {"ok": True}
    shopper.add("MUG", 1)
    changed = shopper.post("/api/orders/v1/orders", seen)
    assert refusal(changed)[:2] == (409, "order-not-possible")
    codes = {error["code"] for error in changed.body["errors"]}
    assert {"cart-changed", "price-changed"} <= codes
    assert free() == 5 - 2 - 3

    again = shopper.wish(shopper.pay())
    with ThreadPoolExecutor(2) as tabs:
        answers = list(tabs.map(lambda _: shopper.post("/api/orders/v1/orders", again), range(2)))
    told = {answer.status: answer.body for answer in answers}
    assert 202 in told
    assert {answer.body.get("code") for answer in answers} <= {
        None,
        "already-ordered",
        "idempotency-in-flight",
    }
    assert free() == 5 - 2 - 3
    order = ids.parse("ord", told[202]["id"])
    shopper.follow(next(answer for answer in answers if answer.status == 202))
    assert payments.payment(order=order).authorised.to_json() == again["expected_total"]


def test_what_is_wrong_after_an_order_moves_nothing(shop):
    shopper = Partner(shop)
    order = buy(shopper)
    place = f"/api/orders/v1/orders/{order}"
    for _ in range(20):
        if (found := shopper.ask("GET", f"{place}?wait=5").body)["payment"] == "captured":
            break
    name = ids.parse("ord", order)
    paid = payments.payment(order=name)
    session = ids.public("pay", paid.session)
    more = {"amount": str(paid.captured.amount + 1), "currency": "EUR"}
    refused = merchant(
        shop, "POST", f"/api/payments/v1/payments/{session}/refunds", {"amount": more}
    )
    assert refusal(refused) == (409, "refund-too-much", "/amount")

    parcel = merchant(shop, "POST", f"{place}/fulfillments", {}).body["id"]
    assert merchant(shop, "POST", f"{place}/fulfillments/{parcel}/ship", {}).status == 200
    late = shopper.post(f"{place}/cancel", WHY)
    assert refusal(late)[:2] == (409, "order-shipped")
    items = {"items": [{"line": 1, "quantity": 4}]}
    assert refusal(shopper.post(f"{place}/returns", items | WHY))[:2] == (409, "quantity-too-high")

    forged = Partner(shop).ask("POST", "/api/payments/v1/webhooks/test", {"id": "evt_1"})
    assert refusal(forged)[:2] == (400, "webhook-forged")

    after = shopper.ask("GET", place).body
    assert (after["status"], after["refunds"], after["returns"]) == ("shipped", [], [])
    assert payments.payment(order=name) == paid
    assert free() == 5 - found["items"][0]["quantity"]
