"""Several places, strategies, caps and goods still to come: whatever anybody does, in any order.

The size comes from HALLES_STEPS, the number of steps each way; 10,000 before a release.
"""

import os
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from apps.stock.domain.moves import Kind, Move, NotMoved
from apps.stock.interface import (
    AlreadyCancelled,
    Buyer,
    CountTooLow,
    GoodsMissing,
    HoldLimit,
    Line,
    OutOfStock,
    stock,
)
from apps.stock.models import Level, Location
from apps.stock.service import move, places, sweep
from apps.stock.tests.shelf import TTL, ask, drift, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("both_ways")]
AT_ONCE = 25
SIZE = settings(
    max_examples=max(1, int(os.environ.get("HALLES_STEPS", "75")) // AT_ONCE),
    stateful_step_count=AT_ONCE,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
MOST = 5
PLACES = some.sampled_from(["main", "lyon", "oslo"])
SKUS = some.sampled_from("ABC")
CARTS = some.integers(0, 4)
WISHES = some.dictionaries(SKUS, some.integers(0, 7), min_size=1)
SELLABLE = """
SELECT coalesce(sum(on_hand + backorder - safety - allocated), 0) FROM stock_level WHERE sku = %s
"""
SOURCING = ["priority", "nearest", "fewest_parcels"]


def outcome(work):
    """Do something, and return what came of it, a refusal too."""
    try:
        return work()
    except (OutOfStock, HoldLimit, AlreadyCancelled) as refusal:
        return refusal


class Market(RuleBasedStateMachine):
    """What is granted is what could be had; what is held stays; the books balance."""

    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.run = uuid4().hex
        self.carts = [uuid4() for _ in range(5)]
        self.holds: dict[int, dict[str, int]] = {cart: {} for cart in range(5)}
        self.goods: dict[object, int] = {}  # units of each order that are still in the house
        self.sent: set[object] = set()

    @initialize()
    def open(self):
        for code in ("lyon", "oslo"):
            Location.objects.get_or_create(code=code, defaults={"name": code, "country": "FR"})
        places.forget()

    def lines(self, wishes):
        return tuple(Line(self.name(sku), units) for sku, units in wishes.items())

    def name(self, sku):
        return f"{sku}-{self.run}"

    def live(self, cart):
        """What a cart holds that has not lapsed, by the plain name of the SKU."""
        holds = stock.holds(cart=self.carts[cart])
        return {hold.sku[0]: hold.quantity for hold in holds if not hold.lapsed}

    def buyer(self, cart):
        """Carts 0 to 2 come from one network; nothing is known of the others."""
        return Buyer(address=f"net-{self.run}"[:32] if cart < 3 else "")

    def could_have(self, cart, sku):
        """What is free for all, lapsed holds included, and what the cart has."""
        free = stock.available(skus=(self.name(sku),))[self.name(sku)].free
        return free + self.live(cart).get(sku, 0)

    def short(self, cart, wishes):
        return {sku for sku, units in wishes.items() if units > self.could_have(cart, sku)}

    def capped(self, cart, wishes):
        """SKUs of which the network would hold more than it may."""
        if cart > 2:
            return set()
        mine, others = self.live(cart), [self.live(other) for other in {0, 1, 2} - {cart}]
        total = {sku: sum(held.get(sku, 0) for held in others) for sku in wishes}
        return {
            sku
            for sku, units in wishes.items()
            if units > mine.get(sku, 0) and total[sku] and total[sku] + units > MOST
        }

    def crowded(self, cart, wishes):
        """SKUs of which a network may get none kept aside, because over half would be held."""
        if cart > 2:
            return set()
        mine, every = self.live(cart), [self.live(each) for each in range(5)]
        return {
            sku
            for sku, units in wishes.items()
            if units > mine.get(sku, 0)
            and sum(held.get(sku, 0) for held in every) - mine.get(sku, 0) + units
            > max(MOST, self.sellable(sku) // 2)
        }

    def sellable(self, sku):
        [(units,)] = ask(SELLABLE, self.name(sku))
        return units

    @rule(cart=CARTS, wishes=WISHES)
    def reserve(self, cart, wishes):
        short, capped = self.short(cart, wishes), self.capped(cart, wishes)
        crowded = self.crowded(cart, wishes)
        asked = {"cart": self.carts[cart], "lines": self.lines(wishes), "ttl": TTL}
        answer = outcome(lambda: stock.reserve(**asked, buyer=self.buyer(cart)))
        if short:
            assert {each.sku[0] for each in answer.shortages} == short
        elif capped:
            assert answer.sku[0] in capped
        elif isinstance(answer, HoldLimit):
            assert answer.sku[0] in crowded & self.live(cart).keys()
        else:
            kept = {hold.sku[0]: hold.quantity for hold in answer.holds}
            wanted = {sku: units for sku, units in wishes.items() if units}
            assert kept == {sku: wanted[sku] for sku in wanted.keys() - crowded | kept.keys()}
            rest = {sku: n for sku, n in self.holds[cart].items() if sku not in wishes}
            self.holds[cart] = rest | kept

    @rule(cart=CARTS)
    def release(self, cart):
        stock.release(cart=self.carts[cart])
        self.holds[cart] = {}
        assert stock.holds(cart=self.carts[cart]) == ()

    @rule(cart=CARTS)
    def lapse(self, cart):
        tell("UPDATE stock_hold SET expires_at = now() WHERE cart = %s", self.carts[cart])
        tell("DELETE FROM stock_lapse")
        self.holds[cart] = {}

    @rule(target=orders, cart=CARTS, wishes=WISHES)
    def commit(self, cart, wishes):
        order, short = uuid4(), self.short(cart, wishes)
        asked = {"order": order, "cart": self.carts[cart], "lines": self.lines(wishes)}
        answer = outcome(lambda: stock.commit(**asked))
        if short:
            assert {each.sku[0] for each in answer.shortages} == short
        else:
            assert answer is None
            self.goods[order] = sum(wishes.values())
            kept = {sku: n for sku, n in self.holds[cart].items() if not wishes.get(sku)}
            self.holds[cart] = kept
        return order

    @rule(order=orders)
    def cancel(self, order):
        stock.cancel(order=order)
        self.goods.pop(order, None)
        late = outcome(lambda: stock.commit(order=order, cart=uuid4(), lines=()))
        assert isinstance(late, AlreadyCancelled) or order in self.sent

    @rule(order=orders)
    def ship(self, order):
        with suppress(GoodsMissing):
            stock.ship(order=order)
            if self.goods.pop(order, None) is not None:
                self.sent.add(order)

    @rule(sku=SKUS, place=PLACES, units=some.integers(0, 8))
    def count(self, sku, place, units):
        with suppress(CountTooLow):
            lines = self.lines({sku: units})
            stock.count(lines=lines, reference=uuid4().hex, location=place)

    @rule(sku=SKUS, place=PLACES, to=PLACES, units=some.integers(1, 4))
    def carry(self, sku, place, to, units):
        if place != to:
            what = Move(Kind.MOVED, self.name(sku), place, units, uuid4().hex, to=to)
            with suppress(NotMoved):
                move((what,), actor="carol")

    @rule(sku=SKUS, place=PLACES, units=some.integers(0, 5))
    def sell_ahead(self, sku, place, units):
        level = Level.objects.filter(sku=self.name(sku), location=place).first()
        if level and level.on_hand + units >= level.held + level.allocated:
            Level.objects.filter(pk=level.pk).update(backorder=units)

    @rule()
    def sweep(self):
        sweep(lapsed_for=timedelta())

    @invariant()
    def what_is_held_is_not_taken_away(self):
        for cart, held in self.holds.items():
            assert self.live(cart) == held

    @invariant()
    def what_is_sold_stays_sold(self):
        rows = ask('SELECT "order", sum(quantity) FROM stock_allocation GROUP BY 1')
        promised = dict(rows)
        for order, units in self.goods.items():
            assert promised.get(order, 0) == units

    @invariant()
    def the_books_balance(self):
        assert drift() == []


@pytest.mark.parametrize("sourcing", SOURCING)
def test_market_keeps_every_promise(sourcing, settings):
    settings.STOCK_SOURCING = f"apps.stock.domain.sourcing.{sourcing}"
    settings.STOCK_MOST = MOST
    run_state_machine_as_test(Market, settings=SIZE)
