"""Crowds at the shelf. Each trial has a control: without its guard, it fails."""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from apps.stock.interface import AlreadyCancelled, LapsedTooOften, Line, OutOfStock, stock
from apps.stock.service import sweep
from apps.stock.tests.shelf import TTL, ask, commit, drift, free, held, level, lines, reserve, tell
from commerce.services import ServiceUnavailable

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 64
SKUS = [f"SKU-{number}" for number in range(5)]
GUARD = "AND on_hand - safety - held - allocated >= _quantities[1]"
ONE_ORDER = "ORDER BY sku, location FOR NO KEY UPDATE"


def all_at_once(work: Callable[[int], object], *, people: int) -> list[object]:
    """Let everybody do the same thing, each with a connection of their own."""

    def alone(person: int) -> object:
        try:
            return work(person)
        finally:
            ask("SELECT pg_stat_force_next_flush()")
            connection.close()

    with ThreadPoolExecutor(people) as crowd:
        return list(crowd.map(alone, range(people)))


@contextmanager
def without(guard: str, function: str, *, instead: str = "") -> Iterator[None]:
    """Take a guard out of a function, and the CHECK behind it, for as long as it takes."""
    check = "CHECK (on_hand >= held + allocated - backorder)"
    ((original,),) = ask("SELECT pg_get_functiondef(%s::regproc)", function)
    assert guard in original
    tell(original.replace(guard, instead))
    tell("ALTER TABLE stock_level DROP CONSTRAINT stock_level_never_oversold")
    try:
        yield
    finally:
        tell(original)
        tell("UPDATE stock_level SET held = 0, allocated = 0")
        tell(f"ALTER TABLE stock_level ADD CONSTRAINT stock_level_never_oversold {check}")


def sell_out(sku: str) -> int:
    """Offer 100 units to three times 64 carts, 64 at a time; count those who got one."""
    stock.count(lines=(Line(sku, 100),), reference="opening")

    def buy(person: int) -> int:
        return sum(gets_one(uuid4(), sku) for _ in range(3))

    return sum(all_at_once(buy, people=CROWD))


def gets_one(cart: UUID, sku: str) -> bool:
    try:
        stock.reserve(cart=cart, lines=(Line(sku, 1),), ttl=TTL)
    except OutOfStock:
        return False
    return True


def test_a_crowd_gets_every_unit_and_not_one_more():
    for sku in SKUS[:3]:
        assert sell_out(sku) == 100
        assert level(sku) == (100, 100, 0)
    assert drift() == []


def test_control_a_crowd_oversells_without_the_guard():
    with without(GUARD, "stock_reserve"):
        assert sell_out("MUG") > 100


def test_a_cart_in_many_tabs_holds_what_it_asked_for(alice):
    stock.count(lines=lines(MUG=100), reference="opening")
    all_at_once(lambda tab: reserve(alice, MUG=1 + tab % 3), people=16)
    assert held(alice)["MUG"] == level("MUG")[1] <= 3
    assert drift() == []


def test_an_order_sent_many_times_takes_its_goods_once(alice, order):
    stock.count(lines=lines(MUG=100), reference="opening")
    reserve(alice, MUG=2)
    all_at_once(lambda _: commit(order, alice, MUG=2), people=16)
    assert level("MUG") == (100, 0, 2)


def test_an_order_that_is_cancelled_meanwhile_keeps_nothing(alice):
    stock.count(lines=lines(MUG=100, TEE=100), reference="opening")
    for order in [uuid4() for _ in range(10)]:
        all_at_once(lambda turn, order=order: give_or_take(order, alice, turn), people=4)
    assert (level("MUG"), level("TEE"), drift()) == ((100, 0, 0), (100, 0, 0), [])


def give_or_take(order: UUID, cart: UUID, turn: int) -> None:
    if turn % 2:
        stock.cancel(order=order)
        return
    with suppress(AlreadyCancelled):
        commit(order, cart, MUG=1, TEE=1)


def jostle(*, people: int, seconds: float) -> int:
    """Buy, change and give back several SKUs in any order, counted and swept; count deadlocks."""
    stock.count(lines=tuple(Line(sku, 40) for sku in SKUS), reference="opening")
    before = deadlocks()
    until = time.monotonic() + seconds
    all_at_once(lambda person: shop(random.Random(person), until), people=people)
    return deadlocks() - before


def shop(chance: random.Random, until: float) -> None:
    tell("SET deadlock_timeout = '20ms'")
    cart, order = uuid4(), uuid4()
    while time.monotonic() < until:
        wish = tuple(Line(sku, chance.randint(0, 3)) for sku in chance.sample(SKUS, 3))
        step = chance.randint(0, 9)
        try:
            if step < 6:
                ttl = timedelta(milliseconds=chance.choice([1, 900_000]))
                stock.reserve(cart=cart, lines=wish, ttl=ttl)
            elif step == 6:
                stock.commit(order=order, cart=cart, lines=wish)
            elif step == 7:
                stock.cancel(order=order)
                cart, order = uuid4(), uuid4()
            elif step == 8:
                stock.release(cart=cart)
            else:
                sweep(lapsed_for=timedelta())
        except (OutOfStock, LapsedTooOften, AlreadyCancelled, ServiceUnavailable):
            continue


def deadlocks() -> int:
    ask("SELECT pg_stat_clear_snapshot()")
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    return ask(query)[0][0]


def test_nobody_is_ever_deadlocked():
    assert jostle(people=12, seconds=3) == 0
    assert drift() == []


def test_control_people_are_deadlocked_without_one_order_of_locks():
    any_order = ONE_ORDER.replace("sku, location", "random()")
    with without(ONE_ORDER, "stock_plan", instead=any_order):
        assert jostle(people=12, seconds=2) > 0


def test_a_hold_lapses_by_the_databases_clock(alice, bob, time_machine):
    stock.count(lines=lines(MUG=1), reference="opening")
    time_machine.move_to(timedelta(hours=1))
    stock.reserve(cart=alice, lines=lines(MUG=1), ttl=timedelta(seconds=1))
    before = ask("SELECT clock_timestamp()")[0][0]
    assert not gets_one(bob, "MUG")
    while not gets_one(bob, "MUG"):
        time.sleep(0.02)
    waited = ask("SELECT clock_timestamp() - %s", before)[0][0]
    assert timedelta(seconds=0.9) < waited < timedelta(seconds=2)
    assert (held(alice), free("MUG")) == ({}, 0)


def test_two_sweepers_free_each_hold_once():
    stock.count(lines=lines(MUG=25000, TEE=25000), reference="opening")
    tell("""
    INSERT INTO stock_hold SELECT gen_random_uuid(), sku, 'main', 1, now() - interval '1 day'
    FROM stock_level, generate_series(1, 25000)
    """)
    tell("UPDATE stock_level SET held = 25000")
    assert sum(all_at_once(lambda _: sweep(), people=2)) == 50000
    assert (level("MUG"), level("TEE"), drift()) == ((25000, 0, 0), (25000, 0, 0), [])
