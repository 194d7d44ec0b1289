"""`prove orders`: thousands of orders while everything that makes them real is killed at random."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from secrets import token_hex
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import CommandParser
from psycopg.rows import dict_row
from redis import Redis

from commerce import roles
from commerce.proving import Say, Verdict
from commerce.proving.buyers import Sale
from commerce.proving.crowd import Crowd, Killer
from commerce.proving.house import House
from commerce.testing.brokers import Broker, own_broker

from . import replay

ORDER_OF_KILLS = ("web", "worker", "redis", "relay", "postgres")
BROKERS = ("redis", "rabbitmq")  # the first is the house's own, in which carts are, too
SAY = 5.0  # seconds from one report to the next
STANDSTILL = 120.0  # seconds without progress after which nothing more is expected
HASTE = 15.0  # the same for the control
LOOK = 0.5  # seconds between two looks
STOPPED = 5.0  # seconds between two looks that a busy machine does not explain
SPARE = 100  # units more than orders, for what is held by somebody who was lost on the way

# Whatever is handed to the broker is believed to arrive.
TRUSTING = """
CREATE FUNCTION proof_trusting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.handed > OLD.handed OR NEW.attempts > OLD.attempts THEN NEW.due_at = 'infinity'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proof BEFORE UPDATE ON events_delivery FOR EACH ROW EXECUTE FUNCTION proof_trusting()
"""
BOOKS = """
WITH made AS (
    SELECT orders.* FROM orders_order AS orders JOIN orders_line ON order_id = orders.id
    WHERE sku = %(sku)s
), promised AS (
    SELECT * FROM made WHERE accepted_at IS NOT NULL
), money AS (
    SELECT * FROM payments_session WHERE "order" IN (SELECT id FROM promised)
)
SELECT
    (SELECT count(*) FROM promised) AS accepted,
    (SELECT count(*) FROM promised WHERE status = 'paid') AS real,
    (SELECT count(*) FROM money WHERE captured_minor = minor) AS payments,
    (SELECT coalesce(sum(quantity), 0) FROM stock_allocation WHERE sku = %(sku)s)::int AS sold,
    (SELECT count(*) FROM made WHERE status IN ('placing', 'refusing')) AS undecided,
    (SELECT count(*) FROM promised WHERE status IN ('refused', 'refusing')) AS "refused afterwards",
    (SELECT count(*) - count(DISTINCT cart) FROM promised) AS "twice from one cart",
    (SELECT coalesce(sum(captured_minor), 0) FROM money)::bigint
        - (SELECT coalesce(sum(grand), 0) FROM promised)::bigint AS "cents too many",
    (SELECT count(*) FROM (
        SELECT aggregate, name FROM events_outbox WHERE aggregate IN (SELECT id::text FROM promised)
        GROUP BY aggregate, name HAVING count(*) > 1
    ) AS twice) AS "announced twice",
    (SELECT count(*) FROM events_delivery) AS deliveries,
    (SELECT count(*) FROM events_delivery WHERE died_at IS NOT NULL) AS dead
"""
NONE = ("refused afterwards", "twice from one cart", "cents too many", "announced twice", "dead")


class Acceptance:
    """What was answered 202 becomes a real order, paid and with its goods, exactly once."""

    text = "takes orders while web, workers, relay, broker and PostgreSQL are killed: none is lost"

    def arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--orders", type=int, default=10_000)
        parser.add_argument("--processes", type=int, default=2, help="that buyers run in")
        parser.add_argument("--at-once", type=int, default=24, help="buyers in each process")
        parser.add_argument("--kill-every", type=float, default=4.0, help="seconds; 0 never kills")
        parser.add_argument(
            "--minutes", type=float, default=5.0, help="without a new order until it has failed"
        )
        parser.add_argument(
            "--broker", choices=BROKERS, default="redis", help="RabbitMQ loses all it has each time"
        )
        parser.add_argument(
            "--control", action="store_true", help="trust the broker: must find a violation"
        )

    def run(self, options: dict[str, Any], say: Say) -> Verdict:
        """Open a shop, and let it take the orders."""
        verdict, sku = Verdict("orders"), f"PROOF-{token_hex(4).upper()}"
        with ExitStack() as stack:
            rabbit = None
            if options["broker"] == "rabbitmq":
                say("starting RabbitMQ")
                rabbit = stack.enter_context(own_broker("rabbitmq"))
            house = opened(say, rabbit)
            stack.callback(house.leave, sku)
            stack.callback(say, "cleaning up")
            house.sell(sku, options["orders"] + SPARE)
            if options["control"]:
                say("trusting the broker, which loses what it has")
                house.kills = {**house.kills, "redis": partial(lose_messages, house)}
                with house.connect() as truth:
                    truth.execute(TRUSTING)
            Burst(house, sku, options, verdict, say).run()
        return verdict


def opened(say: Say, rabbit: Broker | None) -> House:
    """Open a shop whose messages RabbitMQ carries, or else its own Redis."""
    besides = roles.worker(*roles.QUEUES), roles.command("relay")
    variables = {"HALLES_ORDER_RECOVERY_SECONDS": "3", "LOG_LEVEL": "WARNING"}
    if rabbit is not None:
        variables["CELERY_BROKER_URL"] = rabbit.url
    house = House(say, *besides, home=None, **variables)
    if rabbit is not None:
        house.kills = {**house.kills, "rabbitmq": partial(lose, rabbit)}
    return house


def lose(broker: Broker) -> None:
    """Kill the broker with all it has, and start it again."""
    broker.kill()
    broker.forget()
    broker.start()


def lose_messages(house: House) -> None:
    """Kill Redis with all messages that are on their way, but not with the carts."""
    with Redis.from_url(house.redis, db=settings.REDIS_ALIASES.index("broker")) as broker:
        broker.flushdb()
    house.kill_redis()


class Burst:
    """The orders, the kills, and the books afterwards."""

    def __init__(
        self, house: House, sku: str, options: dict[str, Any], verdict: Verdict, say: Say
    ) -> None:
        self.house, self.sku, self.options = house, sku, options
        self.verdict, self.say, self.began = verdict, say, time.monotonic()
        share = -(-options["orders"] // options["processes"])
        sale = Sale(*(house.url, house.key, sku, share), *(options["at_once"], True))
        self.crowd = Crowd(sale, options["processes"])
        order = [*ORDER_OF_KILLS, *(name for name in BROKERS[1:] if name in house.kills)]
        self.killer = Killer(house, order, options["kill_every"])

    def run(self) -> None:
        """Take the orders, wait until the last one is real, and compare."""
        self.began = time.monotonic()
        with self.crowd.shopping(), self.killer.killing():
            self.wait(self.all_told, self.options["minutes"] * 60, "everybody has ordered")
        patience = HASTE if self.options["control"] else STANDSTILL
        self.wait(is_settled, patience, "every order real, and nothing left to deliver")
        self.compare(self.look())
        with self.house.connect() as truth:
            replay.rebuild(truth, self.verdict, self.say)

    def wait(self, until: Callable[[dict[str, int]], bool], seconds: float, what: str) -> None:
        """Return when something is so, or when nothing has changed for so many seconds.

        What was killed beside the web role starts again. Seconds for which somebody has stopped
        this process, or the machine, do not count.
        """
        still, looked, said = 0.0, time.monotonic(), time.monotonic()
        before: dict[str, int] = {}
        while not until(found := self.look()):
            self.house.mend()
            passed, looked = time.monotonic() - looked, time.monotonic()
            still = 0.0 if found and found != before else still + min(passed, STOPPED)
            before = found or before
            if still > seconds:
                self.verdict.expect(False, f"nothing moved for {seconds:g} s, and not yet: {what}")
                return
            if time.monotonic() - said > SAY and found:
                said = time.monotonic()
                self.report(found)
            time.sleep(LOOK)

    def report(self, found: dict[str, int]) -> None:
        """Say how far it is, and at this pace how long until every order is real."""
        pace = found["real"] / (time.monotonic() - self.began)
        left = f"{(self.crowd.size - found['real']) / pace:.0f} s" if pace else "unknown"
        self.say(
            f"accepted {found['accepted']} of {self.crowd.size}, real {found['real']} "
            f"({pace:.1f}/s, time left {left}), deliveries {found['deliveries']}; {self.killer}"
        )

    def all_told(self, found: dict[str, int]) -> bool:
        """Tell whether every buyer has an order."""
        return len(self.crowd.told.orders) >= self.crowd.size

    def look(self) -> dict[str, int]:
        """Read the books; {} while PostgreSQL is away."""
        try:
            with self.house.connect() as truth, truth.cursor(row_factory=dict_row) as cursor:
                return cursor.execute(BOOKS, {"sku": self.sku}).fetchone() or {}
        except psycopg.OperationalError:
            return {}

    def compare(self, found: dict[str, int]) -> None:
        """Compare what buyers were told with the books, and these with one another."""
        told = self.crowd.told
        lost, accepted = told.lost(self.house), found["accepted"]
        self.verdict.expect(not lost, f"{lost} orders were accepted and are not there")
        self.verdict.expect(not told.twice, f"{told.twice} buyers got somebody else's order")
        self.verdict.expect(
            accepted == len(told.orders) == self.crowd.size,
            f"{accepted} orders accepted, {len(told.orders)} told",
        )
        for kept in ("real", "payments", "sold"):
            self.verdict.expect(
                found[kept] == accepted, f"{kept}: {found[kept]} of {accepted} accepted orders"
            )
        for name in NONE:
            self.verdict.expect(not found[name], f"{name}: {found[name]}")
        self.verdict.counts |= {
            "orders told": len(told.orders),
            **found,
            "lost": lost,
            "answers": dict(sorted(told.answers.items())),
            "killed": dict(self.killer.killed),
        }


def is_settled(found: dict[str, int]) -> bool:
    """Tell whether nothing is left to do."""
    return bool(found) and not found["undecided"] and not found["deliveries"]
