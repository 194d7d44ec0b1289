"""PostgreSQL goes and comes back while people shop, and nobody has to do anything."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psycopg

from commerce.proving import load
from tests.gameday.shop import Outcome, Shop, adding, named

RATE = 100.0  # adds a second
SHORTEST = 24.0  # seconds
AFTER = 2.0  # seconds in which errors are forgiven once PostgreSQL is back
GIVE_UP = 20.0  # seconds for it to come back
LOOK = 0.02  # seconds from one look to the next
LINES = 64  # connections
WELL = 0.9  # of those who came when it was back for good
Answer = tuple[float, int]  # when, and what


def t16(shop: Shop, scale: float) -> Outcome:
    """PostgreSQL crashes, and later is restarted in good order, under 100 adds a second: errors
    only while it is away and for 2 s after, and everybody is served then.
    """
    sku, seconds = named(), max(SHORTEST, 120 * scale)
    shop.sell(sku, 1_000_000)
    requests = [adding(cart, sku) for cart in shop.carts(round(RATE * seconds))]
    answers: list[Answer] = []
    away: list[tuple[float, float]] = []
    restarts = threading.Thread(target=restart, args=(shop, seconds, away))
    restarts.start()
    load.offered(
        shop.address,
        requests,
        rate=RATE,
        lines=LINES,
        seconds=seconds,
        heard=lambda status, head, body: answers.append((time.monotonic(), status)),
    )
    restarts.join()
    failed = [when for when, status in answers if status == 0 or status >= 500]
    unexcused = [when for when in failed if not any(a <= when <= b + AFTER for a, b in away)]
    since = max(end for _, end in away) + AFTER
    later = Counter(status for when, status in answers if when > since)
    counts = {
        "away s": [round(end - began, 2) for began, end in away],
        "answers": dict(Counter(status for _, status in answers)),
        "errors": len(failed),
        "errors at other times": len(unexcused),
        "served when it was back": later[201],
        "of": later.total(),
    }
    return Outcome(not unexcused and later[201] >= max(1, WELL * later.total()), counts)


def t16_control(shop: Shop, scale: float) -> Outcome:
    """The same for web processes that go on with a connection that is gone."""
    with shop.without("connections") as other:
        return t16(other, 0)


def restart(shop: Shop, seconds: float, away: list[tuple[float, float]]) -> None:
    """Crash PostgreSQL after a quarter of the time, and restart it after five eighths."""
    began = time.monotonic()
    for moment, end in ((1 / 4, signal.SIGQUIT), (5 / 8, signal.SIGINT)):
        time.sleep(max(0.0, began + moment * seconds - time.monotonic()))
        away.append(gone(shop, lambda end=end: os.kill(server(shop), end)))


def gone(shop: Shop, stop: Callable[[], object]) -> tuple[float, float]:
    """Stop PostgreSQL; says from when until when nobody, or another one, answered."""
    before, began = started(shop), time.monotonic()
    stop()
    while started(shop) in {None, before}:
        assert time.monotonic() < began + GIVE_UP, "PostgreSQL does not come back"
        time.sleep(LOOK)
    return began, time.monotonic()


def started(shop: Shop) -> object:
    """Say when PostgreSQL began; None if nobody answers."""
    try:
        [(moment,)] = shop.ask("SELECT pg_postmaster_start_time()")
    except psycopg.OperationalError:
        return None
    return moment


def server(shop: Shop) -> int:
    """Find the process that all connections of PostgreSQL are children of."""
    with shop.place.connect() as truth:
        [(child,)] = truth.execute("SELECT pg_backend_pid()").fetchall()
        return int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[1])
