"""Carts and what they keep aside."""

import threading
import time
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connections
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from apps.cart import service, store
from apps.cart.domain import (
    AlreadyExtended,
    Missing,
    Stale,
    TooMuch,
    TooOften,
    UnknownLine,
    UnknownSku,
)
from apps.cart.interface import CartOrdered, GoneLine, State, UnknownCart, cart
from apps.cart.service import goods
from apps.cart.tests.conftest import draft
from apps.catalog.interface import catalog
from apps.customers.interface import Address
from apps.stock.interface import Line, OutOfStock, Policy, stock
from commerce import clock, ids
from commerce.money import Money
from commerce.redis import Lines, client
from commerce.services import ServiceUnavailable

pytestmark = [pytest.mark.usefixtures("house", "both_ways")]
PARIS = Address("Anna", "Rue du Bac 12", "Paris", "FR", "75007")


@pytest.fixture
def alice() -> UUID:
    return service.create(currency="EUR", locale="en").id


@pytest.fixture
def bob() -> UUID:
    return service.create(currency="EUR", locale="en").id


def free(sku="MUG") -> int:
    return stock.available(skus=(sku,))[sku].free


def test_adding_keeps_goods_aside_until_a_moment(alice):
    held = service.add(alice, sku="MUG", quantity=2)
    assert free() == 1
    assert held.until - clock.now() > timedelta(minutes=14)
    [line] = cart.contents(cart=alice).lines
    assert (line.sku, line.quantity, line.held_until) == ("MUG", 2, held.until)


def test_adding_again_adds_up(alice):
    service.add(alice, sku="MUG", quantity=1)
    assert service.add(alice, sku="MUG", quantity=2).line.quantity == 3
    assert free() == 0


def test_refuses_more_than_there_is_and_keeps_what_was(alice, bob):
    service.add(bob, sku="MUG", quantity=2)
    service.add(alice, sku="MUG", quantity=1)
    with pytest.raises(OutOfStock) as refusal:
        service.add(alice, sku="MUG", quantity=1)
    assert refusal.value.shortages[0].available == 1
    assert [line.quantity for line in cart.contents(cart=alice).lines] == [1]


def test_removing_frees_the_goods_at_once(alice):
    item = service.add(alice, sku="MUG", quantity=3).line.id
    service.remove(alice, item)
    assert free() == 3
    assert cart.contents(cart=alice).lines == ()


def test_changing_a_quantity_changes_what_is_held(alice):
    item = service.add(alice, sku="MUG", quantity=3).line.id
    service.set_quantity(alice, item, quantity=1)
    assert free() == 2


def test_a_set_is_held_as_its_parts(alice):
    service.add(alice, sku="MUG", quantity=1)
    service.add(alice, sku="SET", quantity=1)
    assert (free("MUG"), free("TEE")) == (0, 0)
    assert all(line.held_until for line in cart.contents(cart=alice).lines)


def test_removing_a_set_leaves_what_other_lines_need(alice):
    service.add(alice, sku="MUG", quantity=1)
    item = service.add(alice, sku="SET", quantity=1).line.id
    service.remove(alice, item)
    assert (free("MUG"), free("TEE")) == (2, 1)


def test_dropping_a_cart_frees_everything(alice):
    service.add(alice, sku="SET", quantity=1)
    service.drop(alice)
    assert (free("MUG"), free("TEE")) == (3, 1)


def test_tells_a_lapsed_hold_and_holds_it_again(alice, settings):
    settings.HOLD_SECONDS = 0
    item = service.add(alice, sku="MUG", quantity=2).line.id
    [line] = cart.contents(cart=alice).lines
    assert (line.lapsed, line.held_until) == (True, None)
    settings.HOLD_SECONDS = 900
    service.set_quantity(alice, item, quantity=2)
    [line] = cart.contents(cart=alice).lines
    assert not line.lapsed
    assert line.held_until


def test_holds_everything_again_that_is_there(alice, bob, settings):
    settings.HOLD_SECONDS = 0
    service.add(alice, sku="MUG", quantity=3)
    service.add(alice, sku="TEE", quantity=1)
    settings.HOLD_SECONDS = 900
    service.add(bob, sku="MUG", quantity=1)
    service.add(bob, sku="TEE", quantity=1)
    _, missing = service.hold_again(alice)
    assert missing == (Missing("MUG", wanted=3, kept=2), Missing("TEE", wanted=1, kept=0))
    mug, tee = cart.contents(cart=alice).lines
    assert (mug.quantity, mug.lapsed) == (2, False)
    assert (tee.quantity, tee.lapsed, tee.available) == (1, True, 0)
    assert service.hold_again(alice)[1] == (Missing("TEE", wanted=1, kept=0),)


def test_holds_last_longer_once(alice):
    until = service.add(alice, sku="MUG", quantity=2).until
    assert service.extend(alice).extended
    found = cart.contents(cart=alice)
    assert found.lines[0].held_until == until + timedelta(minutes=10)
    with pytest.raises(AlreadyExtended):
        service.extend(alice)
    assert cart.contents(cart=alice) == found


def test_holding_again_changes_nothing_that_is_held(alice):
    service.add(alice, sku="MUG", quantity=2)
    before = cart.contents(cart=alice)
    service.hold_again(alice)
    assert cart.contents(cart=alice) == before


def test_taking_something_out_works_while_something_else_is_gone(alice, bob, settings):
    settings.HOLD_SECONDS = 0
    service.add(alice, sku="MUG", quantity=1)
    bundle = service.add(alice, sku="SET", quantity=1).line.id
    settings.HOLD_SECONDS = 900
    service.add(bob, sku="MUG", quantity=3)
    service.remove(alice, bundle)
    [mug] = cart.contents(cart=alice).lines
    assert (mug.sku, mug.lapsed, free("TEE")) == ("MUG", True, 1)


def test_a_cart_changes_its_holds_no_faster_than_a_shopper(alice, settings, monkeypatch):
    settings.LIMITS = True
    for _ in range(15):
        item = service.add(alice, sku="MUG", quantity=1).line.id
        service.remove(alice, item)
    with pytest.raises(TooOften) as refusal:
        service.add(alice, sku="MUG", quantity=1)
    assert refusal.value.wait in {1, 2}
    assert free() == 3
    later = clock.now() + timedelta(seconds=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert service.add(alice, sku="MUG", quantity=1).version == 32


def test_refuses_what_nobody_sells(alice):
    with pytest.raises(UnknownSku):
        service.add(alice, sku="HAT", quantity=1)
    with pytest.raises(UnknownLine):
        service.remove(alice, ids.new())


def test_keeps_no_more_aside_than_one_shopper_may(alice):
    stock.count(lines=(Line("MUG", 50),), reference="delivery")
    with pytest.raises(TooMuch):
        service.add(alice, sku="MUG", quantity=11)
    service.add(alice, sku="MUG", quantity=10)
    with pytest.raises(TooMuch):
        service.add(alice, sku="MUG", quantity=1)
    assert free() == 40


def test_no_change_is_lost_between_two_tabs(alice):
    stock.count(lines=(Line("MUG", 50),), reference="delivery")

    def tab():
        service.add(alice, sku="MUG", quantity=1)
        connections.close_all()

    tabs = [threading.Thread(target=tab) for _ in range(8)]
    for one in tabs:
        one.start()
    for one in tabs:
        one.join()
    assert [line.quantity for line in cart.contents(cart=alice).lines] == [8]
    assert free() == 42


def test_refuses_a_change_of_what_was_not_seen(alice):
    item = service.add(alice, sku="MUG", quantity=1).line.id
    with pytest.raises(Stale):
        service.set_quantity(alice, item, quantity=2, expected=1)
    assert free() == 2


def test_an_ordered_cart_changes_no_more(alice):
    service.add(alice, sku="MUG", quantity=1)
    order = ids.new()
    for _ in range(2):
        cart.close(cart=alice, order=order)
    with pytest.raises(CartOrdered):
        service.add(alice, sku="MUG", quantity=1)
    assert cart.contents(cart=alice).state is State.ORDERED


def test_a_lost_cart_is_found_again_from_its_holds(alice):
    service.add(alice, sku="MUG", quantity=2)
    client("carts").flushdb()
    [line] = cart.contents(cart=alice).lines
    assert (line.sku, line.quantity) == ("MUG", 2)
    service.add(alice, sku="MUG", quantity=1)
    assert free() == 0


def test_a_cart_is_kept_for_thirty_days_after_its_last_change(alice):
    service.add(alice, sku="MUG", quantity=1)
    days = client("carts").ttl(store.places(alice)[0]) / 86_400
    assert 29.9 < days <= 30


def test_a_cart_without_holds_stays_lost(alice):
    client("carts").flushdb()
    with pytest.raises(UnknownCart):
        cart.contents(cart=alice)


def test_prices_come_from_the_shop(alice):
    service.add(alice, sku="MUG", quantity=2)
    service.add(alice, sku="TEE", quantity=1)
    contents = cart.contents(cart=alice)
    assert contents.quote.subtotal == Money(4400, "EUR")


def test_notes_who_buys_and_drops_a_way_that_does_not_go_there(alice):
    service.add(alice, sku="MUG", quantity=1)
    noted = cart.note(cart=alice, email="anna@example.com", address=PARIS, shipping="standard")
    assert (noted.email, noted.address, noted.shipping) == ("anna@example.com", PARIS, "standard")
    assert noted.quote.grand == noted.quote.subtotal + noted.quote.shipping
    dropped = cart.note(cart=alice, email="", address=PARIS, shipping="by-pigeon")
    assert dropped.shipping is None


def test_adding_asks_the_database_one_statement(alice, django_assert_num_queries):
    service.add(alice, sku="MUG", quantity=1)
    with django_assert_num_queries(1):
        service.add(alice, sku="MUG", quantity=1)


def test_a_hold_is_told_for_every_counted_part(alice):
    stock.set_policy(skus=("TEE",), policy=Policy.UNTRACKED)
    service.add(alice, sku="SET", quantity=1)
    [line] = cart.contents(cart=alice).lines
    assert line.held_until
    assert not line.lapsed


def test_says_what_is_left_of_a_lapsed_line(alice, bob, settings):
    settings.HOLD_SECONDS = 0
    service.add(alice, sku="SET", quantity=1)
    assert [line.available for line in cart.contents(cart=alice).lines] == [1]
    settings.HOLD_SECONDS = 900
    service.add(bob, sku="MUG", quantity=2)
    assert [line.available for line in cart.contents(cart=alice).lines] == [0]


def test_what_is_sold_no_more_is_named_apart(alice):
    item = service.add(alice, sku="MUG", quantity=2).line.id
    service.add(alice, sku="TEE", quantity=1)
    catalog.save(drafts=(draft("MUG", online=False),))
    goods.forget()
    contents = cart.contents(cart=alice)
    assert [line.sku for line in contents.lines] == ["TEE"]
    assert contents.gone == (GoneLine(item, "MUG", 2, {"en": "Mug"}),)
    assert contents.quote.grand == Money(2000, "EUR")
    service.remove(alice, item)
    assert (cart.contents(cart=alice).gone, free()) == ((), 3)


def test_what_has_no_price_is_not_for_sale(alice):
    catalog.save(drafts=(draft("CAP"),))
    with pytest.raises(UnknownSku):
        service.add(alice, sku="CAP", quantity=1)


def test_a_change_that_changes_nothing_makes_no_version(alice):
    for _ in range(2):
        noted = cart.note(cart=alice, email="anna@example.com", address=PARIS, shipping=None)
        assert noted.version == 2


def test_a_refused_change_lets_the_next_one_through(alice):
    for _ in range(2):
        with pytest.raises(OutOfStock):
            service.add(alice, sku="MUG", quantity=4)
    assert service.add(alice, sku="MUG", quantity=3).version == 2


def test_a_lost_cart_that_was_ordered_stays_ordered(alice):
    client("carts").flushdb()
    cart.close(cart=alice, order=ids.new())
    with pytest.raises(CartOrdered):
        service.add(alice, sku="MUG", quantity=1)


def test_a_cart_found_again_is_not_taken_for_an_older_one(alice):
    service.add(alice, sku="MUG", quantity=2)
    client("carts").flushdb()
    first, second = cart.contents(cart=alice), cart.contents(cart=alice)
    assert first.version == second.version > 1000
    assert first.lines[0].id == second.lines[0].id


def test_what_nobody_changed_in_time_can_be_changed_again(alice, monkeypatch):
    monkeypatch.setattr(store, "TURN", 100)
    store.Turn(alice)
    assert service.add(alice, sku="MUG", quantity=1).version == 2


def test_whoever_waits_too_long_is_told_to_come_back(alice, monkeypatch):
    monkeypatch.setattr(store, "PATIENCE", 0.05)
    with store.Turn(alice), pytest.raises(ServiceUnavailable):
        service.add(alice, sku="MUG", quantity=1)
    assert free() == 3


def test_whoever_was_too_slow_changes_nothing(alice, monkeypatch):
    with monkeypatch.context() as hasty:
        hasty.setattr(store, "TURN", 1)
        slow = store.Turn(alice)
    time.sleep(0.01)
    service.add(alice, sku="MUG", quantity=1)
    with pytest.raises(ServiceUnavailable):
        slow.keep(slow.found)
    assert cart.contents(cart=alice).version == 2


def test_redis_away_is_a_silence_the_caller_can_handle(alice, monkeypatch):
    nobody = Lines(Redis(port=1, retry=Retry(NoBackoff(), 0)), seconds=0.1)
    monkeypatch.setattr(store, "lines", lambda alias: nobody)
    with pytest.raises(ServiceUnavailable):
        cart.contents(cart=alice)
