"""Where a cart goes, and what that does to taxes and to prices that contain tax."""

from decimal import Decimal
from functools import cached_property

from . import vat
from .cart import Cart, Place
from .rounding import nearest, share, within
from .snapshot import Snapshot
from .taxes import UNTAXED, Levy, levy


class Destination:
    """A place, with the tax due there on each category of goods."""

    def __init__(self, cart: Cart, snapshot: Snapshot) -> None:
        self._cart, self._snapshot = cart, snapshot
        self._local: dict[str, Levy] = {}
        self._origin: dict[str, Levy] = {}

    @cached_property
    def known(self) -> Place | None:
        """The place the shopper gave, or gave last time."""
        customer = self._cart.customer
        return self._cart.place or (customer.place if customer else None)

    @cached_property
    def taxed_at(self) -> Place | None:
        """The place whose taxes are due, if need be an assumed one."""
        return self.known or self._snapshot.assumed

    @cached_property
    def free(self) -> bool:
        """The customer owes no tax here: exempt, or a business that pays it at home."""
        customer = self._cart.customer
        if customer is None or customer.tax_exempt:
            return customer is not None
        home, place = self._snapshot.home, self.known
        if not self._snapshot.reverse_charge or home is None or place is None:
            return False
        number = customer.vat_number
        return vat.reversed_(number, home=home.country, destination=place.country)

    def due(self, category: str) -> Levy:
        """Return the tax on a category of goods."""
        return UNTAXED if self.free else self._at_place(category)

    def includes(self, category: str, said: bool | None) -> bool:
        """Tell whether prices contain tax: what the good says, or else what the rate says."""
        return self._at_place(category).included if said is None else said

    def price(self, price: int, category: str, said: bool | None) -> int:
        """Return what a price becomes here.

        Where a price contains tax that is not due here, it loses the tax of the shop's place and
        gains that of the destination, unless the shop sells at the same price everywhere.
        """
        policy = self._snapshot.policy
        stays = policy.same_price_everywhere and not self.free
        if stays or not self.includes(category, said):
            return price
        origin, due = self._at_origin(category), self.due(category)
        if origin.percent == due.percent:
            return price
        net = Decimal(price) - within(price, origin.percent)
        exact = net + share(net, due.percent)
        return nearest(exact, self._snapshot.currency.cent, policy.rounding)

    def _at_place(self, category: str) -> Levy:
        if category not in self._local:
            self._local[category] = self._levy(category, self.taxed_at)
        return self._local[category]

    def _at_origin(self, category: str) -> Levy:
        if category not in self._origin:
            place = self._snapshot.home or self.taxed_at
            self._origin[category] = self._levy(category, place)
        return self._origin[category]

    def _levy(self, category: str, place: Place | None) -> Levy:
        return levy(self._snapshot.rates, category, place, self._cart.now)
