"""Brokers, relays and workers that die, and what kills them: every accepted order is still made."""

import random
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import transaction
from kombu import Connection

from apps.orders.management.proofs.acceptance import TRUSTING
from commerce.events import publish
from commerce.testing import brokers
from tests.gameday import effects
from tests.gameday.bakery import TOWN, LoafOrdered, ledger
from tests.gameday.checkout import order, ready
from tests.gameday.effects import settled
from tests.gameday.shop import Outcome, Shop, named, sized
from tests.gameday.staff import CAREFUL, Staff, careless, relay, staff, workers

CARELESS, POISONED = "tests.gameday.careless", "tests.gameday.poisoned"
AWAY = 5.0  # seconds that the broker is
SOON = 60.0  # seconds after it is back
LONGEST = 120.0  # seconds for messages to gather
HASTE = 20.0  # seconds in which a control is given up
BETWEEN = 0.5  # seconds from one kill to the next
CHILDREN = 7  # are killed for each worker, which takes seconds to come back
RELAYS = 3
HARMS = ("raises", "segfaults", "swells")
ATTEMPTS = 12
LOSS = 0.2  # of the throughput
METRIC = 'halles_outbox_deliveries{state="dead"}'
CUSTOMERS = 100
BELIEVING = "DROP FUNCTION proof_trusting CASCADE"
AGAIN = """
UPDATE events_delivery SET due_at = now(), handed = 0, attempts = 0, died_at = NULL
WHERE due_at = 'infinity' OR died_at IS NOT NULL
"""
HURRIED = """
UPDATE events_delivery SET due_at = now()
WHERE aggregate = ANY(%s) AND died_at IS NULL AND attempts > 0 AND handed = 0
"""
DEAD = """
SELECT attempts FROM events_delivery WHERE aggregate = ANY(%s) AND died_at IS NOT NULL
"""
FORGIVING = """
CREATE FUNCTION gameday_forgiving() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.attempts = least(NEW.attempts, 1);
    RETURN NEW;
END $$;
CREATE TRIGGER gameday BEFORE UPDATE ON events_delivery FOR EACH ROW
EXECUTE FUNCTION gameday_forgiving()
"""
COUNTING = "DROP FUNCTION gameday_forgiving CASCADE"


def t10(shop: Shop, scale: float, *, patience: float = effects.STANDSTILL) -> Outcome:
    """250 orders over RabbitMQ: 1,000 messages are purged, a queue is deleted under the workers,
    and RabbitMQ is killed with all it has. 60 s after it is back every order is made, once.
    """
    sku, count = named(), sized(250, scale, 6)
    shop.sell(sku, count)
    carts = ready(shop, sku, count)
    with (
        brokers.own_broker("rabbitmq") as broker,
        staff(shop, CELERY_BROKER_URL=broker.url) as people,
    ):
        people.come(relay())
        order(shop, carts[: count // 3])
        purged = purge(broker.url, sized(1_000, scale, 6))
        people.come(*workers())
        people.wait()
        order(shop, carts[count // 3 : 2 * count // 3])
        delete(broker.url)
        order(shop, carts[2 * count // 3 :])
        broker.kill()
        broker.forget()
        time.sleep(AWAY)
        broker.start()
        seconds = settled(shop, sku, patience=patience)
        counts = effects.counted(shop, sku)
    told = counts | {"purged": purged, "done s after the broker was back": round(seconds, 1)}
    return Outcome(effects.is_right(counts) and seconds < SOON, told)


def t10_control(shop: Shop, scale: float) -> Outcome:
    """The same for a shop that believes the broker."""
    with trusting(shop):
        return t10(shop, min(scale, 0.2), patience=HASTE)


def purge(url: str, messages: int) -> int:
    """Wait until so many messages are in the queue of orders, and throw them away."""
    until = time.monotonic() + LONGEST
    with Connection(url) as line:
        channel: Any = line.default_channel
        while time.monotonic() < until:
            waiting = channel.queue_declare("orders", passive=True).message_count
            if waiting >= messages:
                break
            time.sleep(0.5)
        return int(channel.queue_purge("orders"))


def delete(url: str) -> None:
    """Delete the queue of orders."""
    with Connection(url) as line:
        channel: Any = line.default_channel
        channel.queue_delete("orders")


@contextmanager
def trusting(shop: Shop) -> Iterator[None]:
    """Believe for a while that what a broker has taken will be done."""
    shop.tell(TRUSTING)
    try:
        yield
    finally:
        shop.tell(BELIEVING)
        shop.tell(AGAIN)


def t11(shop: Shop, scale: float, *, broker: str = "redis") -> Outcome:
    """250 orders, more than 1,000 tasks, while a process of Celery is killed every half second, one
    in eight a worker with its children if all are there: none is lost, no effect is there twice.
    """
    return mown(shop, sized(250, scale, 6), broker=broker)


def t11_control(shop: Shop, scale: float) -> Outcome:
    """The same as Celery comes, acknowledging first, and with a relay that believes the broker."""
    with trusting(shop):
        return mown(shop, sized(100, scale, 12), application=CARELESS, patience=HASTE)


def t11_rabbitmq(shop: Shop, scale: float) -> Outcome:
    """The same as T11 over RabbitMQ."""
    return t11(shop, scale, broker="rabbitmq")


def mown(
    shop: Shop,
    count: int,
    *,
    broker: str = "redis",
    application: str = CAREFUL,
    patience: float = effects.STANDSTILL,
) -> Outcome:
    """Have orders made by workers who are killed all the time."""
    sku = named()
    shop.sell(sku, count)
    carts, killed = ready(shop, sku, count), Counter[str]()
    with ExitStack() as stack:
        url = stack.enter_context(brokers.own_broker(broker)).url
        people = stack.enter_context(staff(shop, CELERY_BROKER_URL=url))
        people.come(relay(), *workers(application))
        order(shop, carts)
        people.wait()
        scythe = Scythe(people, killed)
        seconds = settled(shop, sku, meanwhile=scythe.swing, patience=patience)
    counts = effects.counted(shop, sku)
    told = counts | {"killed": dict(killed), "seconds": round(seconds, 1)}
    return Outcome(effects.is_right(counts) and killed.total() > 0, told)


class Scythe:
    """Kills twice a second."""

    def __init__(self, people: Staff, killed: Counter[str]) -> None:
        self.people, self.killed, self.last = people, killed, time.monotonic()

    def swing(self) -> None:
        """Kill if it is time."""
        self.people.mend()
        if time.monotonic() < self.last + BETWEEN:
            return
        self.last = time.monotonic()
        if self.people.all_there("worker") and not random.randrange(CHILDREN + 1):
            self.killed["workers"] += self.people.kill("worker")
        else:
            self.people.kill_child("worker")
            self.killed["children"] += 1


def t12(shop: Shop, scale: float, *, patience: float = effects.STANDSTILL) -> Outcome:
    """Among 500 good orders one raises, one ends its worker by a segmentation fault, one by all the
    memory it wants: the good ones are made at four fifths of the usual speed or more, and the bad
    ones are dead after 12 attempts (which follow each other sooner here), as the metric tells.
    """
    count = sized(500, scale, 6)
    usual = made(shop, count, {})
    sku = named()
    shop.sell(sku, len(HARMS))
    bad = dict(zip(map(str, order(shop, ready(shop, sku, len(HARMS)))), HARMS, strict=True))
    poisoned = made(shop, count, bad, patience=patience)
    shop.tell(AGAIN)
    loss = 1 - usual["seconds"] / poisoned["seconds"]
    counts = {
        "good": count,
        "lost": poisoned["lost"],
        "extra effects": poisoned["extra effects"],
        "seconds without and with": [usual["seconds"], poisoned["seconds"]],
        "loss": round(loss, 2),
        "attempts of the dead": poisoned["dead"],
        "metric": poisoned["metric"],
    }
    buried = poisoned["dead"] == [ATTEMPTS] * len(HARMS) and poisoned["metric"] == len(HARMS)
    fast = loss < LOSS or scale < 0.1  # of few nobody can tell
    return Outcome(effects.is_right(poisoned) and buried and fast, counts)


def t12_control(shop: Shop, scale: float) -> Outcome:
    """The same for a shop that does not count attempts."""
    shop.tell(FORGIVING)
    try:
        return t12(shop, min(scale, 0.1), patience=HASTE)
    finally:
        shop.tell(COUNTING)


def made(
    shop: Shop, count: int, bad: dict[str, str], *, patience: float = effects.STANDSTILL
) -> dict[str, Any]:
    """Have good orders made beside bad ones; tells how long that took, and what became of both."""
    sku, names = named(), list(bad)
    shop.sell(sku, count)
    order(shop, ready(shop, sku, count))
    poison = ",".join(f"{name}:{harm}" for name, harm in bad.items())
    port = brokers.free_port()
    with staff(shop, HALLES_POISON=poison) as people:
        people.come(relay("--port", str(port)), *workers(POISONED))
        people.wait()
        hurry = lambda: (people.mend(), shop.tell(HURRIED, names))  # noqa: E731
        settled(shop, sku, done=lambda found: bool(found) and found["paid"] > 0)
        seconds = settled(shop, sku, meanwhile=hurry, patience=patience)
        settled(
            shop,
            sku,
            meanwhile=hurry,
            done=lambda found: len(shop.ask(DEAD, names)) == len(names),
            patience=patience,
        )
        dead = [attempts for (attempts,) in shop.ask(DEAD, names)]
        metric = told_dead(port, len(dead))
    return effects.counted(shop, sku) | {
        "seconds": round(seconds, 1),
        "dead": dead,
        "metric": metric,
    }


def told_dead(port: int, expected: int) -> int:
    """Ask the relay how many deliveries are dead; it looks every five seconds."""
    until, found = time.monotonic() + 10, -1
    while found != expected and time.monotonic() < until:
        time.sleep(0.5)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        found = next((int(float(x.split()[-1])) for x in lines if x.startswith(METRIC)), -1)
    return found


def t22(shop: Shop, scale: float) -> Outcome:
    """Three relays, one of which is killed every half second, hand out 1,000 loaves that a hundred
    customers want one after the other: each is baked once, and for each customer in order.
    """
    return bakery(shop, sized(1_000, scale, CUSTOMERS), relay())


def t22_control(shop: Shop, scale: float) -> Outcome:
    """The same with relays that keep neither order nor each other away."""
    return bakery(shop, sized(1_000, min(scale, 0.5), 3 * CUSTOMERS), careless("unordered"))


def bakery(shop: Shop, count: int, relaying: list[str]) -> Outcome:
    """Have loaves baked while relays are killed."""
    ledger.build()
    mark = named()
    wanted = [(f"regular {mark} {n % CUSTOMERS}", n // CUSTOMERS) for n in range(count)]
    with staff(shop, **TOWN) as people:
        people.come(*[relaying] * RELAYS, *workers())
        people.wait()
        with transaction.atomic():
            publish(*(LoafOrdered(*loaf) for loaf in wanted))
        killed = until_baked(shop, people, mark, relaying[-1])
    baked = [loaf for loaf in ledger.entries() if mark in loaf[0]]
    wrong_order = sum(
        [n for who, n in baked if who == customer]
        != sorted(n for who, n in baked if who == customer)
        for customer in {who for who, _ in baked}
    )
    counts = {
        "loaves": count,
        "relays killed": killed,
        "baked": len(set(baked)),
        "baked twice": len(baked) - len(set(baked)),
        "customers out of order": wrong_order,
    }
    return Outcome(Counter(baked) == Counter(wanted) and not wrong_order and killed > 0, counts)


def until_baked(shop: Shop, people: Staff, mark: str, word: str) -> int:
    """Kill relays until nothing is left to bake, or nothing moves; says how many."""
    killed, before, moved = 0, -1, time.monotonic()
    while time.monotonic() < moved + effects.STANDSTILL:
        [(left,)] = shop.ask(
            "SELECT count(*) FROM events_delivery WHERE aggregate LIKE %s", f"%{mark}%"
        )
        if not left:
            break
        if left != before:
            before, moved = left, time.monotonic()
        time.sleep(BETWEEN)
        killed += people.kill(word)
        people.mend()
    return killed
