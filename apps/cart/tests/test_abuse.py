"""What strangers try at a cart's doors: carts that are not theirs, and quantities that are none."""

import json
from dataclasses import dataclass
from statistics import median
from time import perf_counter, sleep
from uuid import UUID, uuid4

import pytest
from django.test import Client

from apps.cart import service, store
from apps.cart.interface import cart
from apps.cart.rest import carts
from apps.stock.interface import Line, stock
from commerce import ids
from commerce.proof import prove, proves

pytestmark = pytest.mark.usefixtures("house")
API = "/api/cart/v1/carts"
STRANGER = Client()
NO_QUANTITIES = ("-1", "0", "1e9", "1.5", '"1e3"', "NaN", "Infinity", "null", "[1]", "true")
NO_QUANTITIES += ('"1"', '"\\u0661"', "\u0661", "9223372036854775808", "1" * 99)
NO_NUMBERS = ("-1", "0", "11", "1e9", "1.5", "1e3", "NaN", "Infinity", "null", "[1]", "\u0661")
NO_NUMBERS += ("9223372036854775808", "1" * 99, " ", "0x1", "1_0")


@pytest.fixture
def alice() -> UUID:
    stock.count(lines=(Line("MUG", 50),), reference="delivery")
    made = service.create(currency="EUR", locale="en").id
    service.add(made, sku="MUG", quantity=2)
    return made


@dataclass(frozen=True)
class Door:
    """A request to a cart of somebody's."""

    method: str
    path: str
    body: str = ""

    def __call__(self, name: str, token: str):
        path = self.path.replace("CART", name)
        headers = {"X-Cart-Token": token, "Idempotency-Key": str(uuid4()), "If-Match": '"2"'}
        return STRANGER.generic(self.method, path, self.body, "application/json", headers=headers)


def doors(item: str) -> list[Door]:
    merge = {"into": ids.public("cart", ids.new()), "token": "x"}
    return [
        Door("GET", f"{API}/CART"),
        Door("PATCH", f"{API}/CART", "{}"),
        Door("DELETE", f"{API}/CART"),
        Door("POST", f"{API}/CART/items", '{"sku": "MUG", "quantity": 1}'),
        Door("PUT", f"{API}/CART/items", '{"items": []}'),
        Door("PATCH", f"{API}/CART/items/{item}", '{"quantity": 1}'),
        Door("DELETE", f"{API}/CART/items/{item}"),
        Door("POST", f"{API}/CART/holds"),
        Door("POST", f"{API}/CART/holds/extend"),
        Door("POST", f"{API}/CART/merge", json.dumps(merge)),
        Door("GET", f"{API}/CART/shipping-options"),
        Door("PUT", f"{API}/CART/shipping", '{"option": "standard"}'),
        Door("GET", "/api/cart/v1/shopper?cart=CART"),
    ]


def plain(answer) -> tuple[int, dict]:
    """What an answer says, without the names of the request itself."""
    told = json.loads(answer.content)
    return answer.status_code, {k: v for k, v in told.items() if k not in {"trace_id", "instance"}}


def test_somebodys_cart_is_as_unknown_as_nobodys(alice):
    """S3: the same answer at every door, whether the cart exists or not."""
    item = ids.public("item", cart.contents(cart=alice).lines[0].id)
    mallory = prove("cart", service.create(currency="EUR", locale="en").id)
    before = cart.contents(cart=alice)
    for door in doors(item):
        there = door(ids.public("cart", alice), mallory)
        nowhere = door(ids.public("cart", ids.new()), mallory)
        assert plain(there) == plain(nowhere)
        assert (there.status_code, plain(there)[1]["code"]) == (404, "not-found"), door
        assert {*there.headers} == {*nowhere.headers}
    assert cart.contents(cart=alice) == before


def slower(alice: UUID, times: int = 25) -> float:
    """Say by how many seconds a stranger's answers about a cart that exists are slower."""
    door, names = Door("GET", f"{API}/CART"), (alice, ids.new())
    seconds: dict[UUID, list[float]] = {name: [] for name in names}
    for name in names * times:
        began = perf_counter()
        door(ids.public("cart", name), "x" * 43)
        seconds[name].append(perf_counter() - began)
    return abs(median(seconds[names[0]]) - median(seconds[names[1]]))


def test_a_stranger_learns_nothing_from_the_clock(alice):
    """What a busy machine does to one round it does not do to three; a leak is in all of them."""
    assert min(slower(alice) for _ in range(3)) < 0.005


def test_control_looking_before_checking_tells_the_clock(alice, monkeypatch):
    def looking(kind, value, token):
        if store.load(value) is not None:
            sleep(0.05)
        return proves(kind, value, token)

    monkeypatch.setattr(carts, "proves", looking)
    assert slower(alice, times=7) > 0.005


def test_nothing_but_small_whole_numbers_is_a_quantity(alice):
    """S6, over the API: nothing is changed, and no answer is a failure of ours."""
    before = cart.contents(cart=alice)
    name, token = ids.public("cart", alice), prove("cart", alice)
    item = ids.public("item", before.lines[0].id)
    for quantity in NO_QUANTITIES:
        for door in (
            Door("POST", f"{API}/CART/items", f'{{"sku": "MUG", "quantity": {quantity}}}'),
            Door(
                "PUT",
                f"{API}/CART/items",
                f'{{"items": [{{"sku": "MUG", "quantity": {quantity}}}]}}',
            ),
            Door("PATCH", f"{API}/CART/items/{item}", f'{{"quantity": {quantity}}}'),
        ):
            assert door(name, token).status_code in {400, 422}, (door, quantity)
    assert cart.contents(cart=alice) == before


def test_nothing_but_small_whole_numbers_is_a_quantity_on_pages(client):
    """S6, on pages."""
    client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    client.post("/cart/add", {"sku": "MUG", "quantity": "2"})
    page = client.get("/cart/").text
    change = next(path for path in page.split('"') if path.endswith("/change"))
    for quantity in NO_NUMBERS:
        for path in ("/cart/add", change):
            answer = client.post(path, {"sku": "MUG", "quantity": quantity})
            assert answer.status_code == 422, (path, quantity)
    assert client.get("/cart/").text == page
    assert client.post(change, {"quantity": "1"}).status_code == 302
