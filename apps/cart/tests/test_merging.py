"""Two carts become one: nothing is lost, nothing is there twice, and nobody else gets the goods."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID, uuid4

import pytest
from django.db import connection

from apps.cart import service, store
from apps.cart.domain import Missing, TooOften
from apps.cart.interface import CartMerged, CartOrdered, UnknownCart, cart
from apps.cart.service.merge import SameCart
from apps.cart.tests.conftest import draft
from apps.catalog.interface import catalog
from apps.customers.interface import Address
from apps.pricing.interface import Price, pricing
from apps.stock.interface import Line, OutOfStock, stock
from commerce import ids
from commerce.money import Money
from commerce.proof import prove
from commerce.services import ServiceUnavailable
from commerce.testing import deliver_all

pytestmark = [pytest.mark.usefixtures("house", "both_ways")]
PARIS = Address("Anna", "Rue du Bac 12", "Paris", "FR", "75007")


def begin() -> UUID:
    return service.create(currency="EUR", locale="en").id


@pytest.fixture
def guest() -> UUID:
    return begin()


@pytest.fixture
def alice() -> UUID:
    return begin()


def free(sku="MUG") -> int:
    return stock.available(skus=(sku,))[sku].free


def lines(name: UUID) -> dict[str, int]:
    return {line.sku: line.quantity for line in cart.contents(cart=name).lines}


def lapsed(name: UUID) -> set[str]:
    return {line.sku for line in cart.contents(cart=name).lines if line.lapsed}


def test_everything_is_in_one_cart_and_held_there(guest, alice):
    service.add(alice, sku="MUG", quantity=1)
    service.add(guest, sku="MUG", quantity=1)
    service.add(guest, sku="TEE", quantity=1)
    assert service.merge(guest, into=alice).missing == ()
    assert (lines(alice), lapsed(alice)) == ({"MUG": 2, "TEE": 1}, set())
    assert (free("MUG"), free("TEE")) == (1, 0)
    assert {hold.sku: hold.quantity for hold in stock.holds(cart=alice)} == lines(alice)


def test_the_last_goods_are_nobody_elses_in_between(guest, alice):
    service.add(guest, sku="MUG", quantity=3)
    assert free() == 0
    service.merge(guest, into=alice)
    assert (lines(alice), lapsed(alice), free()) == ({"MUG": 3}, set(), 0)


def test_the_merged_cart_is_no_more(guest, alice):
    service.add(guest, sku="MUG", quantity=1)
    service.merge(guest, into=alice)
    with pytest.raises(CartMerged) as refusal:
        cart.contents(cart=guest)
    assert refusal.value.into == alice
    for change in (
        lambda: service.add(guest, sku="MUG", quantity=1),
        lambda: service.drop(guest),
        lambda: service.hold_again(guest),
        lambda: service.merge(guest, into=begin()),
        lambda: service.merge(alice, into=guest),
    ):
        with pytest.raises(CartMerged):
            change()
    assert lines(alice) == {"MUG": 1}


def test_merging_again_changes_nothing_and_says_the_same(guest, alice):
    service.add(guest, sku="MUG", quantity=2)
    first = service.merge(guest, into=alice)
    before = cart.contents(cart=alice)
    assert service.merge(guest, into=alice) == first
    assert cart.contents(cart=alice) == before


@pytest.mark.parametrize("step", range(2))
def test_a_merge_that_broke_off_goes_on_where_it_stopped(guest, alice, monkeypatch, step):
    service.add(alice, sku="MUG", quantity=1)
    service.add(guest, sku="MUG", quantity=2)
    keep, kept = store.Turn.keep, []

    def dying(turn, document):
        if len(kept) == step:
            raise KeyboardInterrupt
        kept.append(turn)
        return keep(turn, document)

    monkeypatch.setattr(store.Turn, "keep", dying)
    with pytest.raises(KeyboardInterrupt):
        service.merge(guest, into=alice)
    monkeypatch.undo()
    assert service.merge(guest, into=alice).missing == ()
    assert (lines(alice), lapsed(alice), free()) == ({"MUG": 3}, set(), 0)
    with pytest.raises(CartMerged):
        cart.contents(cart=guest)


def test_says_what_others_took_and_keeps_the_rest(guest, alice, settings):
    bob = begin()
    settings.HOLD_SECONDS = 0
    service.add(guest, sku="MUG", quantity=3)
    service.add(guest, sku="TEE", quantity=1)
    settings.HOLD_SECONDS = 900
    service.add(bob, sku="TEE", quantity=1)
    service.add(bob, sku="MUG", quantity=1)
    missing = service.merge(guest, into=alice).missing
    assert missing == (Missing("MUG", wanted=3, kept=2), Missing("TEE", wanted=1, kept=0))
    assert (lines(alice), lapsed(alice)) == ({"MUG": 2, "TEE": 1}, {"TEE"})


def test_one_cart_keeps_no_more_than_one_shopper_may(guest, alice):
    stock.count(lines=(Line("MUG", 50),), reference="delivery")
    service.add(alice, sku="MUG", quantity=7)
    service.add(guest, sku="MUG", quantity=7)
    missing = service.merge(guest, into=alice).missing
    assert missing == (Missing("MUG", wanted=14, kept=10),)
    assert (lines(alice), free()) == ({"MUG": 10}, 40)


def test_lines_beyond_the_limit_are_told_and_free_again(guest, alice):
    skus = [f"SKU-{number}" for number in range(20)]
    catalog.save(drafts=tuple(draft(sku) for sku in skus))
    pricing.set_prices(prices=tuple(Price(sku, Money(100, "EUR")) for sku in skus))
    stock.count(lines=tuple(Line(sku, 1) for sku in skus), reference="many")
    service.replace_all(alice, dict.fromkeys(skus, 1))
    service.add(guest, sku="MUG", quantity=2)
    assert service.merge(guest, into=alice).missing == (Missing("MUG", wanted=2, kept=0),)
    assert (len(lines(alice)), free()) == (20, 3)


def test_what_is_sold_no_more_stays_behind(guest, alice):
    service.add(guest, sku="MUG", quantity=2)
    catalog.save(drafts=(draft("MUG", online=False),))
    deliver_all()
    assert service.merge(guest, into=alice).missing == (Missing("MUG", wanted=2, kept=0),)
    assert lines(alice) == {}


def test_what_only_one_cart_says_is_kept(guest, alice):
    service.add(guest, sku="MUG", quantity=1)
    cart.note(cart=guest, email="guest@example.com", address=PARIS, shipping=None)
    service.patch(alice, expected=None, fields={"email": "alice@example.com"})
    service.merge(guest, into=alice)
    found = cart.contents(cart=alice)
    assert (found.email, found.address) == ("alice@example.com", PARIS)


def test_an_ordered_cart_is_merged_with_nothing(guest, alice):
    service.add(guest, sku="MUG", quantity=1)
    cart.close(cart=alice, order=ids.new())
    with pytest.raises(CartOrdered):
        service.merge(guest, into=alice)
    with pytest.raises(CartOrdered):
        service.merge(alice, into=guest)
    assert lines(guest) == {"MUG": 1}


def test_refuses_what_is_no_other_cart(alice):
    with pytest.raises(SameCart):
        service.merge(alice, into=alice)
    with pytest.raises(UnknownCart):
        service.merge(ids.new(), into=alice)


def test_a_cart_merges_no_faster_than_it_may_change(guest, alice, settings):
    settings.LIMITS = True
    service.add(guest, sku="MUG", quantity=1)
    for quantity in [1, 2] * 15:
        service.replace_all(alice, {"MUG": quantity})
    with pytest.raises(TooOften):
        service.merge(guest, into=alice)
    assert (lines(guest), lapsed(guest)) == ({"MUG": 1}, set())


def test_merges_and_changes_at_once_lose_nothing(alice):
    stock.count(lines=(Line("MUG", 50), Line("TEE", 50)), reference="delivery")
    guests = [begin() for _ in range(4)]
    for guest in guests:
        service.add(guest, sku="MUG", quantity=1)

    def again(work):
        try:
            for _ in range(20):
                with suppress(ServiceUnavailable, OutOfStock):
                    return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as crowd:
        merges = [crowd.submit(again, lambda g=g: service.merge(g, into=alice)) for g in guests * 2]
        adds = [
            crowd.submit(again, lambda: service.add(alice, sku="TEE", quantity=1)) for _ in range(4)
        ]
        for each in (*merges, *adds):
            each.result()
    assert lines(alice) == {"MUG": 4, "TEE": 4}
    assert (free("MUG"), free("TEE"), lapsed(alice)) == (46, 46, set())


@pytest.fixture
def door(client):
    """Ask for a merge as a shop front does."""

    def ask(source, into, *, token=None, key=None):
        body = {"into": ids.public("cart", into), "token": token or prove("cart", into)}
        return client.post(
            f"/api/cart/v1/carts/{ids.public('cart', source)}/merge",
            json.dumps(body),
            "application/json",
            headers={
                "X-Cart-Token": prove("cart", source),
                "Idempotency-Key": key or str(uuid4()),
            },
        )

    return ask


def test_merges_over_the_api_with_both_proofs(door, guest, alice):
    service.add(guest, sku="MUG", quantity=2)
    answer = door(guest, alice)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["cart"]["id"], body["missing"]) == (ids.public("cart", alice), [])
    assert [item["quantity"] for item in body["cart"]["items"]] == [2]
    assert answer.headers["ETag"] == f'"{body["cart"]["version"]}"'
    assert door(guest, alice).json() == body
    gone = door(guest, begin())
    assert (gone.status_code, gone.json()["code"]) == (410, "cart-merged")
    assert gone.json()["errors"][0]["meta"] == {"into": ids.public("cart", alice)}


def test_merges_nobody_elses_cart(door, guest, alice):
    service.add(guest, sku="MUG", quantity=2)
    for token in ("", "x", prove("cart", guest), prove("order", alice)):
        assert door(guest, alice, token=token or "-").status_code == 404
    assert door(guest, guest).status_code == 422
    assert door(guest, ids.new()).status_code == 404
    assert lines(guest) == {"MUG": 2}
