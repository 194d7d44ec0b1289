"""Attackers who hold goods they will never buy, over and over, and buyers who come meanwhile."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from uuid import UUID, uuid4

from django.db import connection

from apps.stock.interface import Line, OutOfStock, stock
from commerce import ids
from commerce.proving import load
from tests.gameday.shop import Cart, Outcome, Shop, adding, named

UNITS = 100
HOLD_SECONDS = 60  # as the shop of the day has it
RATE = 200  # requests a second
BETWEEN = 0.1  # seconds between two looks
SIEGE = """
SELECT coalesce(sum(quantity), 0)::integer, max(expires_at) FROM stock_hold
WHERE sku = %s AND cart = ANY(%s) AND expires_at > clock_timestamp()
"""


class Siege:
    """Attackers with some carts, and what they hold at any moment."""

    def __init__(self, shop: Shop, sku: str, addresses: list[str]) -> None:
        self.shop, self.sku = shop, sku
        self.carts = [
            cart for here in addresses for cart in shop.carts(300 // len(addresses), somewhere=here)
        ]
        self.names = [name_of(cart) for cart in self.carts]
        self.most = self.bought = self.buyers = 0
        self.over = threading.Event()
        self.answers: Counter[int] = Counter()

    def hold(self, seconds: float) -> None:
        """Put one, or as many as a cart may have, in any cart, all the time."""
        figures = load.offered(
            self.shop.address, self.requests(), rate=RATE, lines=64, seconds=seconds
        )
        self.answers = figures.statuses
        self.over.set()

    def requests(self) -> Iterator[bytes]:
        while True:
            yield adding(random.choice(self.carts), self.sku, quantity=random.choice((1, 3, 10)))

    def watch(self) -> None:
        """Note the most that they hold at once."""
        with self.shop.place.connect() as truth:
            while not self.over.wait(BETWEEN):
                [(units, _)] = truth.execute(SIEGE, [self.sku, self.names]).fetchall()
                self.most = max(self.most, units)

    def buy(self, buyers: int, seconds: float) -> None:
        """Have buyers come one after another, each for one unit, which they order at once."""
        try:
            for _ in range(buyers):
                self.bought += self.one_more()
                self.buyers += 1
                self.over.wait(seconds / buyers)
        finally:
            connection.close()

    def one_more(self) -> bool:
        """Come from somewhere, add a unit, order it."""
        [cart] = self.shop.carts(1)
        while (status := self.shop.hear(adding(cart, self.sku))[0]) in {429, 503}:
            time.sleep(1)
        if status != 201:
            return False
        try:
            stock.commit(order=uuid4(), cart=name_of(cart), lines=(Line(self.sku, 1),))
        except OutOfStock:
            return False
        return True


def name_of(cart: Cart) -> UUID:
    """Read a cart's id."""
    return ids.parse("cart", cart[0].rpartition("/")[2])


def siege(shop: Shop, scale: float, addresses: int, most: int) -> Outcome:
    """Besiege 100 units for 5 minutes; buyers want all that attackers are not to hold."""
    sku, seconds = named(), max(10.0, 300 * scale)
    shop.sell(sku, UNITS)
    besieged = Siege(shop, sku, [f"{11 + n % 80}.{n}.7.9" for n in range(addresses)])
    watch = threading.Thread(target=besieged.watch)
    buyers = threading.Thread(target=besieged.buy, args=(UNITS - most, seconds * 0.8))
    for thread in (watch, buyers):
        thread.start()
    besieged.hold(seconds)
    freed = free_again(shop, besieged)
    for thread in (watch, buyers):
        thread.join()
    counts = {
        "attackers held at most": besieged.most,
        "buyers": besieged.buyers,
        "bought": besieged.bought,
        "free again after s": freed,
        "answers": dict(besieged.answers),
    }
    passed = (
        besieged.most <= most
        and besieged.bought >= 0.95 * (UNITS - most)
        and freed <= HOLD_SECONDS + 2
    )
    return Outcome(passed, counts)


def free_again(shop: Shop, besieged: Siege) -> float:
    """Say how many seconds attackers hold anything after the last attack."""
    began = time.monotonic()
    while shop.ask(SIEGE, besieged.sku, besieged.names) != [(0, None)]:
        time.sleep(BETWEEN)
        if time.monotonic() > began + 2 * HOLD_SECONDS:
            break
    return round(time.monotonic() - began, 1)


def s33_alone(shop: Shop, scale: float) -> Outcome:
    """From one address, 200 requests a second: 10 of 100 units are held at most, buyers get the
    others, and all is free again 2 s after the last hold has ended.
    """
    return siege(shop, scale, addresses=1, most=10)


def s33_together(shop: Shop, scale: float) -> Outcome:
    """The same from 100 networks: half of the units are held at most."""
    return siege(shop, scale, addresses=100, most=50)


def s33_control(shop: Shop, scale: float) -> Outcome:
    """The same at a door without caps."""
    with shop.without("caps") as other:
        return siege(other, min(scale, 0.05), addresses=1, most=10)


def s33_together_control(shop: Shop, scale: float) -> Outcome:
    """The same when any crowd of strangers may hold everything."""
    with (
        shop.spoiled("stock_crowded", r"wish.quantity > had", "false"),
        shop.spoiled("stock_reserve", r"2 \* \(held \+ \S+\)\)", "held)"),
    ):
        return siege(shop, min(scale, 0.05), addresses=100, most=50)
