"""The shelf against a model of it: whatever shoppers, orders and merchants do, in any order."""

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

from apps.stock.interface import AlreadyCancelled, CountTooLow, Line, OutOfStock, Shortage, stock
from apps.stock.service import receive, sweep
from apps.stock.tests.shelf import TTL, drift, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("both_ways")]
QUICK = settings(
    max_examples=50,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
WISHES = some.dictionaries(some.sampled_from("ABC"), some.integers(0, 6), min_size=1)


class Shelf(RuleBasedStateMachine):
    """What the shelf promises, in the plainest words; a lapse is a number that only grows."""

    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.run = uuid4().hex
        self.carts = [uuid4() for _ in range(3)]
        self.on_hand = dict.fromkeys("ABC", 0)
        self.holds: dict[tuple[int, str], int] = {}
        self.lapsed: dict[tuple[int, str], int] = {}  # since when, counted in lapses
        self.lapses = 0
        self.allocated: dict[object, dict[str, int]] = {}
        self.ended: dict[object, str] = {}

    @initialize(counted=some.fixed_dictionaries({sku: some.integers(0, 8) for sku in "ABC"}))
    def open(self, counted):
        stock.count(lines=self.lines(counted), reference=f"{self.run} opening")
        self.on_hand = counted

    def lines(self, wishes):
        return tuple(Line(f"{sku}-{self.run}", quantity) for sku, quantity in wishes.items())

    def held(self, sku):
        return sum(units for (_, held), units in self.holds.items() if held == sku)

    def promised(self, sku):
        return self.held(sku) + sum(goods.get(sku, 0) for goods in self.allocated.values())

    def reclaimable(self, sku, cart):
        """Lapsed holds of other carts, the oldest first."""
        others = [key for key in self.lapsed if key[1] == sku and key[0] != cart]
        return sorted(others, key=self.lapsed.__getitem__)

    def drop(self, key):
        self.lapsed.pop(key, None)
        return self.holds.pop(key, 0)

    def reclaim(self, sku, cart, missing):
        return sum(self.drop(key) for key in self.reclaimable(sku, cart)[: max(0, missing)])

    def shortages(self, cart, wishes):
        for sku, wanted in sorted(wishes.items()):
            units = self.holds.get((cart, sku), 0) + self.on_hand[sku] - self.promised(sku)
            if wanted > units:
                units += sum(self.holds[key] for key in self.reclaimable(sku, cart))
            if wanted > units:
                yield Shortage(f"{sku}-{self.run}", wanted, units)

    def make_room(self, cart, wishes):
        for sku, wanted in wishes.items():
            free = self.on_hand[sku] - self.promised(sku)
            self.reclaim(sku, cart, wanted - self.holds.get((cart, sku), 0) - free)

    @rule(cart=some.integers(0, 2), wishes=WISHES)
    def reserve(self, cart, wishes):
        if short := tuple(self.shortages(cart, wishes)):
            with pytest.raises(OutOfStock) as refusal:
                stock.reserve(cart=self.carts[cart], lines=self.lines(wishes), ttl=TTL)
            assert refusal.value.shortages == short
            return
        stock.reserve(cart=self.carts[cart], lines=self.lines(wishes), ttl=TTL)
        self.make_room(cart, wishes)
        for sku, wanted in wishes.items():
            self.drop((cart, sku))
            if wanted:
                self.holds[cart, sku] = wanted

    @rule(cart=some.integers(0, 2))
    def release(self, cart):
        stock.release(cart=self.carts[cart])
        for key in [key for key in self.holds if key[0] == cart]:
            self.drop(key)

    @rule(cart=some.integers(0, 2), to=some.integers(0, 2))
    def hand_over(self, cart, to):
        stock.hand_over(cart=self.carts[cart], to=self.carts[to])
        given = [key for key in self.holds if key[0] == cart != to]
        for key in given:
            since = self.lapsed.get(key)
            units, own = self.drop(key), (to, key[1])
            ends = [since, self.lapsed.get(own)] if own in self.holds else [since]
            self.holds[own] = self.holds.get(own, 0) + units
            self.lapsed.pop(own, None)
            if None not in ends:
                self.lapsed[own] = max(ends)

    @rule(cart=some.integers(0, 2))
    def lapse(self, cart):
        self.lapses += 1
        sql = "UPDATE stock_hold SET expires_at = now() - %s WHERE cart = %s AND expires_at > now()"
        tell(sql, timedelta(minutes=30) - self.lapses * timedelta(seconds=1), self.carts[cart])
        tell("DELETE FROM stock_lapse")  # how often is another test's
        for key in [key for key in self.holds if key[0] == cart]:
            self.lapsed.setdefault(key, self.lapses)

    @rule(target=orders, cart=some.integers(0, 2), wishes=WISHES)
    def commit(self, cart, wishes):
        order = uuid4(), cart, {sku: units for sku, units in wishes.items() if units}
        self.commit_again(order)
        return order

    @rule(order=orders)
    def commit_again(self, order):
        name, cart, wishes = order
        asked = {"order": name, "cart": self.carts[cart], "lines": self.lines(wishes)}
        if self.ended.get(name) == "cancelled":
            with pytest.raises(AlreadyCancelled):
                stock.commit(**asked)
        elif name in self.allocated or name in self.ended:
            stock.commit(**asked)
        elif short := tuple(self.shortages(cart, wishes)):
            with pytest.raises(OutOfStock) as refusal:
                stock.commit(**asked)
            assert refusal.value.shortages == short
        else:
            stock.commit(**asked)
            self.make_room(cart, wishes)
            for sku in wishes:
                self.drop((cart, sku))
            self.allocated[name] = wishes

    @rule(order=orders)
    def cancel(self, order):
        stock.cancel(order=order[0])
        self.allocated.pop(order[0], None)
        self.ended.setdefault(order[0], "cancelled")

    @rule(order=orders)
    def ship(self, order):
        stock.ship(order=order[0])
        if order[0] in self.allocated:
            for sku, units in self.allocated.pop(order[0]).items():
                self.on_hand[sku] -= units
            self.ended[order[0]] = "shipped"

    @rule(sku=some.sampled_from("ABC"), counted=some.integers(0, 9))
    def count(self, sku, counted):
        missing = self.promised(sku) - counted
        spare = sum(self.holds[key] for key in self.reclaimable(sku, None)[: max(0, missing)])
        try:
            stock.count(lines=self.lines({sku: counted}), reference=uuid4().hex)
        except CountTooLow:
            assert spare < missing
            return
        self.reclaim(sku, None, missing)
        assert self.promised(sku) <= counted
        self.on_hand[sku] = counted

    @rule(sku=some.sampled_from("ABC"), units=some.integers(0, 3))
    def receive(self, sku, units):
        receive(lines=self.lines({sku: units}), reference=uuid4().hex)
        self.on_hand[sku] += units

    @rule()
    def sweep(self):
        sweep(lapsed_for=timedelta())
        for key in list(self.lapsed):
            self.drop(key)

    @invariant()
    def everybody_has_what_they_were_promised(self):
        for number, cart in enumerate(self.carts):
            holds = {hold.sku: hold.quantity for hold in stock.holds(cart=cart)}
            mine = {key: units for key, units in self.holds.items() if key[0] == number}
            assert holds == {f"{sku}-{self.run}": units for (_, sku), units in mine.items()}

    @invariant()
    def what_is_left_is_free(self):
        skus = tuple(f"{sku}-{self.run}" for sku in "ABC")
        free = [there.free for there in stock.available(skus=skus).values()]
        lapsed = {sku: sum(self.holds[key] for key in self.reclaimable(sku, None)) for sku in "ABC"}
        assert free == [self.on_hand[sku] - self.promised(sku) + lapsed[sku] for sku in "ABC"]

    @invariant()
    def the_books_balance(self):
        assert drift() == []


def test_shelf_keeps_every_promise():
    run_state_machine_as_test(Shelf, settings=QUICK)
