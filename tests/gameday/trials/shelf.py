"""A shelf over a long time: its size, its sweepers, its clock, and whatever anybody does to it."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from math import ceil
from uuid import uuid4

import hypothesis
import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import override_settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from apps.stock import service
from apps.stock.interface import Line, OutOfStock, stock
from apps.stock.tests.test_model import Shelf
from commerce import clock
from tests.gameday.shop import DEFINITIONS, Outcome, Shop, named, sized

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
STEPS = 40  # in one life of a shelf
WRONG = (
    AssertionError,
    DatabaseError,
    hypothesis.errors.HypothesisException,
    pytest.fail.Exception,
)
CYCLES = """
DO $$
DECLARE cart uuid;
BEGIN
    FOR turn IN 1..{cycles} LOOP
        cart := gen_random_uuid();
        PERFORM FROM stock_reserve_one(
            cart, '{sku}', 1, 'main', interval '15 minutes', NULL, NULL, 10, 5, '5 min', '30 min'
        );
        COMMIT;
        PERFORM stock_release(cart);
        COMMIT;
    END LOOP;
END $$
"""
SIZE = "SELECT pg_relation_size('stock_level'), pg_total_relation_size('stock_hold')"
COLD = """
CREATE INDEX gameday ON stock_level (held);
ALTER TABLE stock_level SET (autovacuum_enabled = off)
"""
HOT = "DROP INDEX gameday; ALTER TABLE stock_level RESET (autovacuum_enabled)"
ABANDONED = """
WITH kept AS (
    INSERT INTO stock_hold (cart, sku, location, quantity, expires_at)
    SELECT gen_random_uuid(), sku, 'main', 1,
        now() + CASE WHEN turn <= %s THEN interval '-1 day' ELSE interval '1 day' END
    FROM unnest(%s::text[]) AS sku, generate_series(1, %s) AS turn
)
UPDATE stock_level SET held = %s WHERE sku = ANY(%s)
"""
LEFT = "SELECT count(*) FROM stock_hold WHERE sku = ANY(%s) AND expires_at <= now()"
# Reads first and writes later: what two sweepers have read, both put back.
READ_THEN_WRITE = """
CREATE OR REPLACE FUNCTION stock_sweep(_lapsed_for interval, _most integer)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    seen record;
    units integer := 0;
BEGIN
    FOR seen IN
        SELECT sku, location, sum(quantity)::integer AS freed, array_agg(cart) AS carts
        FROM stock_hold, (SELECT pg_sleep(0.2)) AS thinking
        WHERE expires_at <= now() - _lapsed_for GROUP BY sku, location ORDER BY sku, location
    LOOP
        UPDATE stock_level SET held = held - seen.freed
        WHERE sku = seen.sku AND location = seen.location;
        DELETE FROM stock_hold WHERE sku = seen.sku AND cart = ANY(seen.carts);
        units := units + seen.freed;
    END LOOP;
    RETURN units;
END $$
"""


class Lived(Shelf):
    """Counts its steps."""

    steps = 0

    @invariant()
    def one_more(self) -> None:
        type(self).steps += 1


def t4(shop: Shop, scale: float) -> Outcome:
    """Whatever carts, orders and merchants do, 10,000 steps each way (local and through the wire):
    the shelf does what a model of it does.
    """
    counts = {}
    for way, taken in {"local": nullcontext(), "wire": through_the_wire()}.items():
        Lived.steps, target = 0, sized(10_000, scale, 50)
        with taken:
            while Lived.steps < target and not (wrong := lived(target - Lived.steps)):
                pass
        counts[way] = wrong or f"{Lived.steps} steps"
    return Outcome(all(said.endswith(" steps") for said in counts.values()), counts)


def t4_control(shop: Shop, scale: float) -> Outcome:
    """The same without the condition and the CHECK."""
    with shop.overselling():
        return t4(shop, max(scale, 0.05))


def lived(steps: int) -> str:
    """Let a machine live through about so many steps; says what went wrong."""
    plan = hypothesis.settings(
        max_examples=ceil(steps / STEPS),
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    try:
        run_state_machine_as_test(Lived, settings=plan)
    except WRONG as wrong:
        return f"{type(wrong).__name__}: {wrong}"[:200]
    return ""


def through_the_wire() -> AbstractContextManager[None]:
    """Send every call of a service through JSON."""
    loopback = "commerce.services.loopback.Loopback"
    return override_settings(
        SERVICES={
            name: {"BACKEND": loopback, "PROVIDER": entry["BACKEND"]}
            for name, entry in settings.SERVICES.items()
        }
    )


def t18(shop: Shop, scale: float) -> Outcome:
    """A process whose clock is wrong by an hour, or at a change of summer time or a leap day: a
    hold of 1 s ends by the database's clock, and the next buyer has the unit within 2 s.
    """
    now, waits = clock.now(), {}
    wrong = {"an hour late": now - HOUR, "an hour early": now + HOUR}
    if scale >= 1:
        wrong["summer ends"] = datetime(2027, 10, 31, 0, 59, 59, tzinfo=UTC)
        wrong["leap day"] = datetime(2028, 2, 28, 23, 59, 59, tzinfo=UTC)
    for name, moment in wrong.items():
        with time_machine.travel(moment):
            waits[name] = waited(shop)
    return Outcome(all(1 <= wait <= 3 for wait in waits.values()), {"waits": waits})


def t18_control(shop: Shop, scale: float) -> Outcome:
    """The same with holds that end by the clock of the process, which is an hour early."""
    with time_machine.travel(clock.now() + HOUR):
        moment = f"'{clock.now().isoformat()}'::timestamptz"
        with shop.spoiled("stock_reserve", r"now\(\)", moment):
            wait = waited(shop)
    return Outcome(1 <= wait <= 3, {"waits": wait})


def waited(shop: Shop) -> float:
    """Say how long a unit is held that somebody holds for a second, or how long that was tried."""
    sku = named()
    shop.shelve([sku], 1)
    stock.reserve(cart=uuid4(), lines=(Line(sku, 1),), ttl=timedelta(seconds=1))
    [(began,)] = shop.ask("SELECT since FROM stock_hold WHERE sku = %s", sku)
    while True:
        [(passed,)] = shop.ask("SELECT extract(epoch FROM clock_timestamp() - %s)::float", began)
        if gets_one(sku) or passed > 4:
            return round(passed, 2)
        time.sleep(0.02)


def gets_one(sku: str) -> bool:
    """Try to hold a unit."""
    try:
        stock.reserve(cart=uuid4(), lines=(Line(sku, 1),), ttl=QUARTER)
    except OutOfStock:
        return False
    return True


def t19(shop: Shop, scale: float) -> Outcome:
    """50,000 abandoned holds, then two sweepers: all back in 10 s, none twice."""
    skus, each = [named() for _ in range(100)], sized(500, scale)
    shop.shelve(skus, 2 * each)
    shop.tell(ABANDONED, each, skus, 2 * each, 2 * each, skus)
    began = time.monotonic()
    with ThreadPoolExecutor(2) as sweepers:
        said = list(sweepers.map(lambda _: swept(), range(2)))
    seconds = time.monotonic() - began
    [(left,)] = shop.ask(LEFT, skus)
    drift = shop.drift(skus)
    counts = {"holds": 100 * each, "sweepers": said, "left": left, "drift": drift}
    passed = not left and not drift and seconds < 10 and all(isinstance(n, int) for n in said)
    return Outcome(passed, counts | {"sweeping seconds": round(seconds, 2)})


def t19_control(shop: Shop, scale: float) -> Outcome:
    """The same with sweepers that read first and write later."""
    [(intact,)] = shop.ask(DEFINITIONS, "stock_sweep")
    shop.tell(READ_THEN_WRITE)
    try:
        return t19(shop, scale / 10)
    finally:
        shop.tell(intact)
        shop.tell(
            "UPDATE stock_level AS level SET held = held_kept FROM stock_drift AS drift "
            "WHERE level.sku = drift.sku AND level.location = drift.location"
        )


def swept() -> int | str:
    """Sweep; gives the units, or what stood in the way."""
    try:
        return service.sweep()
    except DatabaseError as wrong:
        return type(wrong).__name__
    finally:
        connection.close()


def t26(shop: Shop, scale: float) -> Outcome:
    """1,000,000 units of one SKU of 10,000 held and released: the levels take no more than twice
    their room on disk, and holding one takes no more than twice as long.
    """
    sku, people, rounds = named(), 2, 10
    others = min(10_000, sized(100_000, scale, 1000))
    shop.shelve([sku, *(named() for _ in range(others))], 1000)
    shop.tell("VACUUM (FULL, ANALYZE) stock_level")
    [(level, hold)], before = shop.ask(SIZE), p99(sku, holds := sized(500, scale, 20))
    cycles = CYCLES.format(cycles=sized(1_000_000 / people / rounds, scale), sku=sku)
    largest = level
    with shop.crowd(people) as (threads, lines):
        for _ in range(rounds):
            list(threads.map(lambda line: line.execute(cycles), lines))
            [(now, hold_now)] = shop.ask(SIZE)
            largest = max(largest, now)
    after = p99(sku, holds)
    counts = {
        "level kB": [level // 1024, largest // 1024],
        "hold kB": [hold // 1024, hold_now // 1024],
        "p99 ms": [before, after],
    }
    return Outcome(largest <= 2 * level and after <= 2 * before, counts)


def t26_control(shop: Shop, scale: float) -> Outcome:
    """The same with an index on what is held, so that no update stays in its place."""
    shop.tell(COLD)
    try:
        return t26(shop, min(scale, 0.1))
    finally:
        shop.tell(HOT)


def p99(sku: str, holds: int) -> float:
    """Say how many milliseconds holding a unit takes; the best of three, for the machine is busy
    with other things too.
    """
    return round(min(slowest(sku, holds) for _ in range(3)) * 1000, 2)


def slowest(sku: str, times: int) -> float:
    """Hold and release; gives the seconds that all but one in a hundred holds stay below."""
    seconds = []
    for _ in range(times):
        cart, began = uuid4(), time.perf_counter()
        stock.reserve(cart=cart, lines=(Line(sku, 1),), ttl=QUARTER)
        seconds.append(time.perf_counter() - began)
        stock.release(cart=cart)
    return sorted(seconds)[times * 99 // 100 - 1]
