"""Parcels over the API, and as a merchant handles them."""

import pytest
from django.contrib.auth.models import Permission

from commerce import ids
from commerce.proof import prove
from commerce.redis import client as redis
from commerce.rest import keys
from commerce.testing import deliver_all

from .. import service
from ..domain.life import Tracking
from ..models import Order, Shipment
from .conftest import fill
from .fakes import cart_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
SECRET = "sk_" + "s" * 32


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


def pack(ask, *items, key="first"):
    wanted = [{"line": line, "quantity": quantity} for line, quantity in items]
    return ask("post", "/fulfillments", {"items": wanted}, key=key)


def test_a_parcel_goes_its_way(ask, order):
    packed = pack(ask, (1, 2))
    parcel = packed.json()
    assert (packed.status_code, parcel["status"]) == (201, "packed")
    assert packed.headers["Location"].endswith(f"/fulfillments/{parcel['id']}")
    assert parcel["items"] == [{"line": 1, "quantity": 2}]
    assert parcel["number"] == f"{Order.objects.get().number}-1"
    way = {"carrier": "DHL", "tracking_number": "42", "tracking_url": "https://dhl.example/42"}
    sent = ask("post", f"/fulfillments/{parcel['id']}/ship", way)
    assert sent.json()["status"] == "shipped"
    assert {name: sent.json()[name] for name in way} == way
    assert ask("get").json()["status"] == "part-shipped"
    arrived = ask("post", f"/fulfillments/{parcel['id']}/deliver", {})
    assert arrived.json()["status"] == "delivered"
    assert [each["status"] for each in ask("get", "/fulfillments").json()["data"]] == ["delivered"]
    found = ask("get").json()
    assert (found["payment"], found["fulfillment"]) == ("captured", "part-shipped")
    assert [item["shipped"] for item in found["items"]] == [2, 0]


def test_everything_left_is_packed_by_default(ask):
    pack(ask, (1, 1))
    rest = ask("post", "/fulfillments", {}, key="second").json()
    assert rest["items"] == [{"line": 1, "quantity": 2}, {"line": 2, "quantity": 2}]
    again = ask("post", "/fulfillments", {}, key="third")
    assert (again.status_code, again.json()["code"]) == (409, "quantity-too-high")


def test_a_unit_too_many_is_named(ask):
    answer = pack(ask, (1, 4), (2, 1))
    assert (answer.status_code, answer.json()["code"]) == (409, "quantity-too-high")
    assert answer.json()["errors"][0]["meta"] == {"lines": [{"line": 1, "left": 3}]}
    assert not Shipment.objects.exists()


@pytest.mark.parametrize("forget_redis", [False, True])
def test_a_key_packs_once(ask, forget_redis):
    first = pack(ask, (1, 2))
    if forget_redis:
        redis("idempotency").flushall()
    again = pack(ask, (1, 2))
    assert again.json()["id"] == first.json()["id"]
    assert Shipment.objects.count() == 1


def test_unpacked_goods_are_free_again(ask):
    parcel = pack(ask, (1, 3)).json()["id"]
    answer = ask("post", f"/fulfillments/{parcel}/cancel", {"reason": "Wrong box"})
    assert (answer.status_code, answer.json()["status"]) == (200, "unpacked")
    late = ask("post", f"/fulfillments/{parcel}/ship", {})
    assert (late.status_code, late.json()["code"]) == (409, "shipment-gone")


def test_an_order_on_hold_says_so(ask, order):
    service.hold(order=order, actor="staff:eve", why="Strange")
    answer = pack(ask, (1, 1))
    assert (answer.status_code, answer.json()["code"]) == (409, "order-on-hold")
    assert ask("get").json()["on_hold"] is True


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "//dhl.example", "https://a b", 'http://"']
)
def test_strange_links_are_refused(ask, link):
    parcel = pack(ask, (1, 1)).json()["id"]
    answer = ask("post", f"/fulfillments/{parcel}/ship", {"tracking_url": link})
    assert answer.status_code == 422
    assert Shipment.objects.get().state == "packed"


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "2", None, 10**9])
def test_strange_quantities_are_refused(ask, quantity):
    assert pack(ask, (1, quantity)).status_code == 422


@pytest.mark.parametrize("parcel", ["ful_0", "nonsense", "ful_01M80W1K7D0T6VSTZ3E7682880"])
def test_unknown_parcels_are_not_found(ask, parcel):
    assert ask("post", f"/fulfillments/{parcel}/ship", {}).status_code == 404


def test_shoppers_see_parcels_and_send_none(ask, wish, client):
    parcel = pack(ask, (1, 1)).json()["id"]
    token = {"X-Cart-Token": prove("cart", wish.cart), "Authorization": ""}
    assert ask("get", "/fulfillments", **token).status_code == 200
    assert ask("post", "/fulfillments", {}, **token).status_code == 401
    assert ask("post", f"/fulfillments/{parcel}/ship", {}, **token).status_code == 401


@pytest.fixture
def eve(django_user_model, client):
    """Sign in somebody who may see and change orders."""
    user = django_user_model.objects.create_user("eve", password="e", is_staff=True)
    codes = ["view_order", "change_order"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(user)
    return user


def act(client, order, path, **form):
    place = f"/admin/orders/order/{order}/"
    return client.post(f"{place}{path}/", form, follow=True).content.decode()


def test_merchant_packs_sends_and_delivers(client, eve, order):
    page = client.get(f"/admin/orders/order/{order}/change/").content.decode()
    assert ('name="line-1"' in page, 'max="3"' in page) == (True, True)
    for _ in range(2):
        page = act(client, order, "pack", **{"line-1": "3", "line-2": "", "key": "once"})
    shipment = Shipment.objects.get()
    assert ("Mark as delivered" in page, "Unpack" in page) == (False, True)
    parcel = f"parcels/{shipment.pk}"
    page = act(client, order, f"{parcel}/ship", carrier="DHL", tracking="42", link="")
    assert ("Mark as delivered" in page, "Unpack" in page) == (True, False)
    act(client, order, f"{parcel}/deliver")
    shipment.refresh_from_db()
    assert (shipment.state, shipment.carrier, shipment.tracking) == ("delivered", "DHL", "42")
    assert Order.objects.get().events.filter(actor="staff:eve").count() == 3


@pytest.mark.parametrize("units", ["9", "-1", "1.5", "x", "9" * 20, "0", ""])
def test_merchant_packs_nothing_strange(client, eve, order, units):
    act(client, order, "pack", **{"line-1": units, "key": "once"})
    assert not Shipment.objects.exists()


def test_merchant_stops_an_order(client, eve, order):
    page = act(client, order, "hold", why="Strange address")
    assert ("Let it go on" in page, "Pack a parcel" in page) == (True, False)
    page = act(client, order, "release", why="It is right")
    assert "Pack a parcel" in page


def test_merchant_sends_no_foreign_parcel(client, eve, order, shop):
    parcel = service.pack(order=order, goods={1: 1}, actor="eve", key="a")
    other = service.place(wish=fill(shop), caller="ct:bob", key="first").order
    place = f"/admin/orders/order/{other}/parcels/{parcel}/ship/"
    assert client.post(place, {}).status_code == 404
    assert Shipment.objects.get().state == "packed"


def test_onlookers_send_nothing(client, eve, order):
    eve.user_permissions.set(Permission.objects.filter(codename="view_order"))
    page = client.get(f"/admin/orders/order/{order}/change/").content.decode()
    assert "Pack a parcel" not in page
    assert client.post(f"/admin/orders/order/{order}/pack/", {"line-1": "1"}).status_code == 403


def test_shopper_follows_the_parcels(client, order):
    parcel = service.pack(order=order, goods={1: 3}, actor="eve", key="a")
    path = service.order_path(order)
    assert "On its way since" not in client.get(path).content.decode()
    way = Tracking("<b>DHL", "42", "https://dhl.example/42")
    service.ship(order=order, shipment=parcel, tracking=way, actor="eve")
    page = client.get(path).content.decode()
    for words in ("On its way since", "&lt;b&gt;DHL", 'href="https://dhl.example/42"'):
        assert words in page
