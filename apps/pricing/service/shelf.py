"""What a unit costs on the shelf: price lists and catalogue promotions, for whoever looks."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

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
from .offers import POLICY

REDUCTIONS = """
SELECT key, name, percent, fixed_minor, new_price_minor, skus, products, categories,
    priority, exclusive, channels, groups, since, until
FROM pricing_catalogpromotion
WHERE is_live AND currency IN ('', %s) AND coalesce(until > %s::timestamptz, true)
ORDER BY id
"""


def prices(skus: Iterable[str], currency: str, audience: Audience) -> dict[str, Price]:
    """Return the price of one unit of each SKU; the catalogue is asked if a promotion runs."""
    running = reductions(currency)
    sold = catalog.goods(skus=tuple(sorted(set(skus)))) if running else {}
    return shelved(skus, sold, currency, audience, running)


def shelved(
    skus: Iterable[str],
    sold: Mapping[str, Sold],
    currency: str,
    audience: Audience,
    running: tuple[CatalogPromotion, ...],
) -> dict[str, Price]:
    """Return the price of one unit of each SKU that has one."""
    asked = dict.fromkeys(skus)
    cart = Cart((), clock.now(), customer=customer(audience), channel=audience.channel)
    snapshot = Snapshot(
        currency=Currency(currency),
        goods={sku: good(sku, sold.get(sku)) for sku in asked},
        lists=lists.read(asked, currency),
        reductions=running,
        policy=POLICY,
    )
    shelf = Shelf(cart, snapshot, Destination(cart, snapshot))
    found = ((sku, shelf.price(sku)) for sku in asked)
    return {sku: told(sku, price, currency) for sku, price in found if price is not None}


def told(sku: str, price: ShelfPrice, currency: str) -> Price:
    """Tell the price of a unit."""
    before = Money(price.original, currency) if price.price < price.original else None
    return Price(sku, Money(price.price, currency), before, price.source.key)


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


def reductions(currency: str) -> tuple[CatalogPromotion, ...]:
    """Read the catalogue promotions that run now or later."""
    return tuple(reduction(*row) for row in postgres.ask(REDUCTIONS, currency, clock.now()))


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
