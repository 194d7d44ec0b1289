"""Cancelling, holding, editing and returning over the API."""

import pytest

from commerce import ids
from commerce.proof import prove
from commerce.rest import keys
from commerce.testing import deliver_all

from .. import service
from ..domain.life import Tracking
from ..models import Line, Order
from .conftest import fill
from .fakes import cart_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
SECRET = "sk_" + "s" * 32
WHY = {"reason": "Changed her mind"}


@pytest.fixture
def wish(shop):
    return fill(shop, lines=(cart_line("MUG", 3), cart_line("PEN", 2)))


@pytest.fixture
def order(wish):
    """Three mugs and two pens, paid for."""
    order = service.place(wish=wish, caller="ct:ada", key="first").order
    deliver_all()
    return order


@pytest.fixture
def ask(client, order):
    """Ask about the order as a partner."""
    keys.ensure("ERP", "sk", SECRET, ["orders:read", "orders:write"])

    def ask(method, path="", body=None, *, key="first", **headers):
        place = f"/api/orders/v1/orders/{ids.public('ord', order)}{path}"
        headers = {"Authorization": f"Bearer {SECRET}", "Idempotency-Key": key} | headers
        sent = {"data": body, "content_type": "application/json"} if method == "post" else {}
        return getattr(client, method)(place, headers=headers, **sent)

    return ask


@pytest.fixture
def shopper(wish):
    return {"X-Cart-Token": prove("cart", wish.cart), "Authorization": ""}


def send(order, units=3):
    parcel = service.pack(order=order, goods={1: units}, actor="eve", key="a")
    service.ship(order=order, shipment=parcel, tracking=Tracking(), actor="eve")


def test_shoppers_cancel_what_was_not_packed(ask, shopper, shop):
    for key in ("first", "second"):
        answer = ask("post", "/cancel", WHY, key=key, **shopper)
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert answer.json()["refunded"] == {"amount": "54.90", "currency": "EUR"}
    deliver_all()
    assert sum(amount.minor for amount in shop.refunds.values()) == 5490


def test_cancelling_after_sending_is_a_clear_problem(ask, order, shop):
    send(order)
    answer = ask("post", "/cancel", WHY)
    assert (answer.status_code, answer.json()["code"]) == (409, "order-shipped")
    deliver_all()
    assert (shop.refunds, Order.objects.get().status) == ({}, "paid")


def test_some_units_are_cancelled(ask):
    body = WHY | {"items": [{"line": 1, "quantity": 1}]}
    for _ in range(2):
        answer = ask("post", "/cancel", body)
        assert answer.json()["items"][0]["cancelled"] == 1
    assert answer.json()["refunded"]["amount"] == "10.00"


def test_an_order_is_held_and_released(ask):
    assert ask("post", "/hold", {"reason": "Strange"}).json()["on_hold"] is True
    assert ask("post", "/release", {"reason": "Right"}).json()["on_hold"] is False


def test_an_edit_is_looked_at_then_applied(ask):
    looked = ask("post", "/edits", WHY | {"items": [{"line": 1, "quantity": 2}]})
    assert (looked.status_code, looked.json()["refund"]["amount"]) == (201, "20.00")
    assert Line.objects.get(position=1).cancelled == 0
    place = f"/edits/{looked.json()['id']}/apply"
    assert ask("post", place, {}).status_code == 428
    assert ask("post", place, {}, **{"If-Match": '"1"'}).json()["code"] == "order-changed"
    applied = ask("post", place, {}, key="third", **{"If-Match": looked.headers["ETag"]})
    assert (applied.status_code, applied.json()["applied_at"] is not None) == (200, True)
    assert Line.objects.get(position=1).cancelled == 2


def test_an_address_is_checked_before_it_is_taken(ask):
    wrong = {"name": "Ada", "line1": "1 Way", "city": "", "country": "GB"}
    answer = ask("post", "/edits", WHY | {"shipping_address": wrong})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/shipping_address/city"


def test_goods_come_back_step_by_step(ask, order, shopper, shop):
    send(order)
    body = {"items": [{"line": 1, "quantity": 2}], "reason": "Too small"}
    asked = ask("post", "/returns", body, **shopper)
    assert (asked.status_code, asked.json()["status"]) == (201, "requested")
    place = f"/returns/{asked.json()['id']}"
    early = ask("post", f"{place}/refund", WHY)
    assert (early.status_code, early.json()["code"]) == (409, "return-gone")
    assert ask("post", f"{place}/approve", {}, **shopper).status_code == 401
    for step, said in (("approve", {}), ("receive", {}), ("refund", WHY)):
        answer = ask("post", f"{place}/{step}", said, key=step)
        assert answer.status_code == 200
    assert answer.json()["status"] == "refunded"
    deliver_all()
    found = ask("get").json()
    assert [each["status"] for each in found["refunds"]] == ["made"]
    assert (found["refunded"]["amount"], found["items"][0]["returned"]) == ("20.00", 2)
    assert shop.shelf["MUG"] == 2
    assert len(ask("get", "/returns", **shopper).json()["data"]) == 1


def test_more_than_was_bought_does_not_come_back(ask, order):
    send(order)
    answer = ask("post", "/returns", {"items": [{"line": 1, "quantity": 4}]} | WHY)
    assert (answer.status_code, answer.json()["code"]) == (409, "quantity-too-high")
    assert answer.json()["errors"][0]["meta"] == {"lines": [{"line": 1, "left": 3}]}


def test_more_than_the_goods_cost_is_not_given_back(ask, order):
    send(order)
    body = {"items": [{"line": 1, "quantity": 1}]} | WHY
    place = f"/returns/{ask('post', '/returns', body).json()['id']}"
    for step in ("approve", "receive"):
        ask("post", f"{place}/{step}", {}, key=step)
    much = {"amount": {"amount": "10.01", "currency": "EUR"}} | WHY
    answer = ask("post", f"{place}/refund", much)
    assert (answer.status_code, answer.json()["code"]) == (409, "refund-too-high")
    other = {"amount": {"amount": "1.00", "currency": "USD"}} | WHY
    assert ask("post", f"{place}/refund", other, key="usd").status_code == 422


@pytest.mark.parametrize("path", ["/cancel", "/hold", "/release", "/edits", "/returns"])
def test_strangers_find_no_order(ask, path):
    nobody = {"X-Cart-Token": "guess", "Authorization": ""}
    body = WHY | ({"items": [{"line": 1, "quantity": 1}]} if path == "/returns" else {})
    assert ask("post", path, body, **nobody).status_code in {401, 404}


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, 7, None])
def test_strange_reasons_are_refused(ask, reason):
    assert ask("post", "/cancel", {"reason": reason}).status_code == 422
    assert Order.objects.get().status == "paid"
