"""The fee for sending a cart: the method that is charged, what is taken off, and the tax."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from .cart import Cart
from .destination import Destination
from .explanation import SHIPPING, Entry, Kind
from .quotation import Sending
from .rows import Row
from .shipping import Parcel, Sent, ShippingMethod, discounts, offered
from .snapshot import Snapshot
from .taxing import Taxable, Taxman

UNKNOWN_YET = "before the place is known"  # the rule that charges a fee without a method


class Despatch(NamedTuple):
    """How a cart is sent, which methods could do it, and why it costs what it costs."""

    sending: Sending | None
    offered: tuple[str, ...]
    entries: tuple[Entry, ...]


NOTHING = Despatch(None, (), ())


def despatch(
    cart: Cart,
    snapshot: Snapshot,
    destination: Destination,
    rows: list[Row],
    total: int,
    sent: Iterable[Sent],
) -> Despatch:
    """Charge the method that was chosen, or the first that takes a cart worth so much."""
    if rows and destination.known is None and snapshot.fee_before_place:
        unknown = ShippingMethod(UNKNOWN_YET, fee=snapshot.fee_before_place)
        return charge(unknown, snapshot.fee_before_place, (), snapshot, destination, sent)
    parcel = packed(rows, destination, total)
    if not parcel.units:
        return NOTHING
    methods = {method.key: method for method in offered(snapshot.methods, parcel)}
    if not methods:
        return NOTHING
    method = methods.get(cart.shipping or "") or next(iter(methods.values()))
    return charge(method, method.charge(parcel), tuple(methods), snapshot, destination, sent)


def packed(rows: Iterable[Row], destination: Destination, total: int) -> Parcel:
    """Put together what has to be sent."""
    sent = [row for row in rows if row.good.ships]
    return Parcel(
        place=destination.known,
        total=total,
        units=sum(row.quantity for row in sent),
        weight=sum((row.good.weight * row.quantity for row in sent), Decimal(0)),
        categories=tuple(row.good.shipping_category for row in sent),
    )


def charge(
    method: ShippingMethod,
    fee: int,
    methods: tuple[str, ...],
    snapshot: Snapshot,
    destination: Destination,
    sent: Iterable[Sent],
) -> Despatch:
    """Take promotions off the fee and tax the rest."""
    category = method.tax_category or snapshot.shipping_tax_category
    here = destination.price(fee, category, method.includes_tax)
    off = discounts(sent, here, method.key, snapshot.policy)
    discount = -sum(entry.amount for entry in off)
    taxed = Taxman(snapshot.policy, snapshot.currency.cent).tax(
        Taxable(here, here, 1, discount, ((1, discount),), SHIPPING, shares=False),
        destination.due(category),
        destination.includes(category, method.includes_tax),
    )
    entries = [
        Entry(Kind.SHIPPING, method.key, method.name, SHIPPING, fee),
        Entry(Kind.REGION, method.key, method.name, SHIPPING, here - fee),
        *off,
        *taxed.entries(SHIPPING),
    ]
    sending = Sending(method.key, here, discount, taxed)
    return Despatch(sending, methods, tuple(entry for entry in entries if entry.amount))
