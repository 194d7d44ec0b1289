"""Sales over the API: when they start, and a place in the line."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from apps.stock import store
from apps.stock.interface import Line, stock
from apps.stock.service import line
from apps.stock.tests.partner import Partner
from apps.stock.tests.shelf import held, tell
from commerce import ids
from commerce.proof import prove

pytestmark = pytest.mark.usefixtures("shelf")


@pytest.fixture(autouse=True)
def sale(shelf, monkeypatch):
    """Mugs, in an hour; one of the three is the most anybody is let in for each second."""
    line.memory.clear()
    monkeypatch.setattr(store, "TICK", 0)
    line.announce("Launch", ("MUG",), timedelta(hours=1), pace=1)
    yield
    line.memory.clear()


def begin():
    tell("UPDATE stock_sale SET starts_at = now() - interval '1 hour'")
    line.memory.clear()


def ask(client, cart, *, ticket="", token=None, address="127.0.0.1"):
    return client.post(
        "/api/stock/v1/sales/MUG/places",
        json.dumps({"cart_id": ids.public("cart", cart), "ticket": ticket}),
        content_type="application/json",
        headers={"X-Cart-Token": token or prove("cart", cart)},
        REMOTE_ADDR=address,
    )


def code(answer):
    return answer.json()["code"]


def test_tells_when_a_sale_starts():
    told = Partner("stock:read").get("sales/MUG")
    assert told.json()["name"] == "Launch"
    assert told.json()["line"] is True
    assert told.headers["Cache-Control"].startswith("public")
    assert code(Partner("stock:read").get("sales/TEE")) == "no-sale"


def test_waits_early_is_let_in_and_hears_when_nothing_is_left(client, alice, bob):
    early = ask(client, alice)
    assert (early.json()["status"], early.json()["position"]) == ("early", 1)
    assert early.headers["Retry-After"] == "2"
    assert ask(client, bob).json()["position"] == 2
    begin()
    assert ask(client, alice, ticket=early.json()["ticket"]).json()["status"] == "admitted"
    assert ask(client, bob).json()["status"] == "waiting"
    stock.reserve(cart=alice, lines=(Line("MUG", 3),), ttl=timedelta(minutes=5))
    line.look(line.sale_of("MUG").id)
    assert code(ask(client, bob)) == "sold-out"
    assert ask(client, bob).json()["errors"][0]["meta"]["position"] == 1


def test_a_place_is_for_the_holder_of_a_cart(client, alice, bob):
    assert code(ask(client, alice, token=prove("cart", bob))) == "not-found"
    assert code(ask(client, bob, ticket=ask(client, alice).json()["ticket"])) == "ticket-invalid"


def test_a_network_has_few_places(client, settings):
    settings.LIMITS = True
    answers = [ask(client, uuid4(), address=f"198.20.0.{host}") for host in range(1, 8)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert code(answers[-1]) == "places-limit"
    assert ask(client, uuid4(), address="198.20.1.1").status_code == 200


def test_partners_wait_for_the_start_too():
    till = Partner("stock:write")
    wish = {"lines": [{"sku": "MUG", "quantity": 1}]}
    refused = till.post("reservations", wish, key="a" * 20)
    assert code(refused) == "not-started"
    assert refused.json()["errors"][0]["meta"]["sku"] == "MUG"
    begin()
    refused = till.post("reservations", wish, key="b" * 20)
    assert code(refused) == "waiting"
    assert refused.json()["errors"][0]["meta"]["line"] == "/api/stock/v1/sales/MUG/places"
    assert held(uuid4()) == {}
