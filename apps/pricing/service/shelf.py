"""What a unit costs on the shelf: price lists and catalogue promotions, for whoever looks."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from apps.catalog.interface import Good as Sold
from apps.catalog.interface import catalog
from apps.pricing.domain import STANDARD
from apps.pricing.domain.amounts import Currency
from apps.pricing.domain.cart import Cart, Customer
from apps.pricing.domain.destination import Destination
from apps.pricing.domain.goods import Good, Only
from apps.pricing.domain.period import Period
from apps.pricing.domain.shelf import CatalogPromotion, ShelfPrice
from apps.pricing.domain.shelving import Shelf
from apps.pricing.domain.snapshot import Snapshot
from apps.pricing.interface import Audience, Price
from commerce import clock, postgres
from commerce.money import Money

from . import lists
from .lists import Heading, Rows
from .offers import POLICY

REDUCTIONS = """
SELECT key, name, percent, fixed_minor, new_price_minor, skus, products, categories,
    priority, exclusive, channels, groups, since, until
FROM pricing_catalogpromotion
WHERE is_live AND currency IN ('', %s) AND coalesce(until > %s::timestamptz, true)
ORDER BY id
"""


class Rules(NamedTuple):
    """What decides about prices on the shelf besides the prices themselves."""

    headings: tuple[Heading, ...]
    reductions: tuple[CatalogPromotion, ...]

    def in_force(self, cart: Cart) -> "Rules":
        """Leave out what has not begun, or is over."""
        return Rules(
            tuple(each for each in self.headings if each.empty.open_to(cart)),
            tuple(each for each in self.reductions if each.open_to(cart)),
        )


def rules(currency: str, audience: Audience, since: datetime | None = None) -> Rules:
    """Read what is made for somebody, from a moment on: now, if none is given."""
    return Rules(lists.open_to(audience, since), reductions(currency, since))


def prices(skus: Iterable[str], currency: str, audience: Audience) -> dict[str, Price]:
    """Return the price of one unit of each SKU; the catalogue is asked if a promotion runs."""
    asked, ruling = tuple(dict.fromkeys(skus)), rules(currency, audience)
    sold = catalog.goods(skus=asked) if ruling.reductions else {}
    goods = {sku: good(sku, sold.get(sku)) for sku in asked}
    rows = lists.read(goods, currency, ruling.headings)
    return shelved(goods, rows, ruling, viewer(audience), currency)


def shelved(
    goods: Mapping[str, Good], rows: Mapping[str, Rows], ruling: Rules, cart: Cart, currency: str
) -> dict[str, Price]:
    """Return the price of one unit of each good that has one, in the order of the goods."""
    snapshot = Snapshot(
        currency=Currency(currency),
        goods=goods,
        lists=lists.filled(ruling.headings, rows),
        reductions=ruling.reductions,
        policy=POLICY,
    )
    shelf = Shelf(cart, snapshot, Destination(cart, snapshot))
    found = ((sku, shelf.price(sku)) for sku in goods)
    return {sku: told(sku, price, currency) for sku, price in found if price is not None}


def viewer(audience: Audience) -> Cart:
    """Return the empty cart of somebody who looks now."""
    return Cart((), clock.now(), customer=customer(audience), channel=audience.channel)


def told(sku: str, price: ShelfPrice, currency: str) -> Price:
    """Tell the price of a unit."""
    before = Money(price.original, currency) if price.price < price.original else None
    listed = price.source.key.partition("@")[0]  # without what it was converted from
    return Price(sku, Money(price.price, currency), before, listed)


def customer(audience: Audience) -> Customer | None:
    """Tell the engine what is known of who looks; groups can be known of a stranger."""
    if audience.customer is None and not audience.groups:
        return None
    return Customer(str(audience.customer or ""), groups=frozenset(audience.groups))


def good(sku: str, sold: Sold | None) -> Good:
    """Tell the engine what is sold under a SKU."""
    if sold is None:
        return Good(sku, tax_category=STANDARD)
    return Good(
        sku,
        product=sold.slug,
        categories=frozenset(sold.categories),
        tax_category=sold.tax_class,
        weight=Decimal(sold.weight),
        ships=sold.ships,
    )


def reductions(currency: str, since: datetime | None = None) -> tuple[CatalogPromotion, ...]:
    """Read the catalogue promotions that run from a moment on."""
    rows = postgres.ask(REDUCTIONS, currency, since or clock.now())
    return tuple(reduction(*row) for row in rows)


def reduction(
    key: str,
    name: str,
    percent: Decimal | None,
    fixed: int | None,
    new_price: int | None,
    *rest: Any,
) -> CatalogPromotion:
    """Tell the engine a catalogue promotion."""
    skus, products, categories, priority, exclusive, channels, groups, since, until = rest
    return CatalogPromotion(
        key=key,
        name=name,
        percent=percent,
        fixed=fixed,
        new_price=new_price,
        only=Only(frozenset(skus), frozenset(products), frozenset(categories)),
        priority=priority,
        exclusive=bool(exclusive),
        channels=frozenset(channels),
        groups=frozenset(groups),
        period=Period(since, until),
    )
