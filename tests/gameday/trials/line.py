"""A crowd waits in line for a sale."""

import random
import time
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from apps.stock.interface import BadTicket, Place, Standing, stock
from apps.stock.service import line
from commerce.redis import client
from tests.gameday.shop import Outcome, Shop, named, sized

PACE = 100  # people a second
MARGIN = 1.1  # for those who were due when it began
NUMBERS = """
SELECT cart, extract(epoch FROM until)::float FROM stock_admission WHERE sale_id = %s
ORDER BY until, number
"""


@dataclass
class Crowd:
    """People who wait for a SKU, in the order in which they came."""

    sku: str
    places: dict[UUID, Place] = field(default_factory=dict)
    grew: int = 0
    taken_in: int = 0  # tickets that should not have been

    def come(self, people: int) -> None:
        """Line up before it begins, some of them over and over."""
        for _ in range(people):
            cart = uuid4()
            self.places[cart] = self.stand(cart)
            if len(self.places) % 10 == 0:
                self.look(random.choice(list(self.places)))

    def stand(self, cart: UUID, ticket: str = "") -> Place:
        return stock.line_up(cart=cart, sku=self.sku, ticket=ticket)

    def look(self, cart: UUID) -> None:
        """Ask again; nobody's position grows."""
        before, now = self.places[cart], self.stand(cart)
        self.grew += (now.position or 0) > (before.position or 0)
        self.places[cart] = now

    def cheat(self, times: int) -> None:
        """Try somebody else's tickets, and invented ones."""
        tickets = [place.ticket for place in self.places.values()][:times]
        for ticket in [*tickets, *(f"1{each}" for each in tickets)]:
            try:
                self.stand(uuid4(), ticket)
            except BadTicket:
                continue
            self.taken_in += 1

    def wait(self) -> None:
        """Ask over and over until everybody is in."""
        waiting = list(self.places)
        while waiting:
            for cart in waiting:
                self.look(cart)
            waiting = [
                cart for cart in waiting if self.places[cart].standing is not Standing.ADMITTED
            ]


def t27(shop: Shop, scale: float, *, ordered: bool = True) -> Outcome:
    """10,000 people wait for 10,000 units and 100 a second are let in: in order of arrival, no
    position ever grows, and no ticket that is somebody else's or invented is taken.
    """
    people, sku = sized(10_000, scale, 50), named()
    shop.shelve([sku], people)
    line.announce(sku, (sku,), timedelta(hours=1), PACE)
    [(sale,)] = shop.ask("SELECT sale_id FROM stock_sale_item WHERE sku = %s", sku)
    crowd = Crowd(sku)
    crowd.come(people)
    crowd.cheat(sized(1000, scale, 20))
    if not ordered:
        numbers = {str(cart): place for place, cart in enumerate(reversed(crowd.places), 1)}
        client("default").zadd(f"line:{{{sale}}}:waiting", numbers)
    shop.tell("UPDATE stock_sale SET starts_at = clock_timestamp() WHERE id = %s", sale)
    line.memory.clear()
    began = time.monotonic()
    crowd.wait()
    seconds = time.monotonic() - began
    entered = shop.ask(NUMBERS, sale)
    in_order = [cart for cart, _ in entered] == list(crowd.places)
    counts = {
        "people": people,
        "in order": in_order,
        "positions that grew": crowd.grew,
        "false tickets taken": crowd.taken_in,
        "let in /s": round(people / seconds, 1),
    }
    at_pace = people <= PACE * MARGIN * (seconds + 1)
    return Outcome(in_order and at_pace and not crowd.grew and not crowd.taken_in, counts)


def t27_control(shop: Shop, scale: float) -> Outcome:
    """The same with a line that somebody has turned round."""
    return t27(shop, scale / 10, ordered=False)
