"""What a whole basket costs, and how it can be sent."""

from collections.abc import Callable
from decimal import Decimal

from django.conf import settings
from django.db import connection

from apps.catalog.interface import Item, catalog
from apps.pricing import domain
from apps.pricing.domain import STANDARD, Good, Tariff
from apps.pricing.interface import Basket, NoPrice, NoShipping, Price, Quote, ShippingOption
from apps.pricing.models import ShippingPrice
from commerce.money import Money

from . import pricelist

RATES = """
SELECT DISTINCT ON (country, tax_class) country, tax_class, percent
FROM pricing_taxrate WHERE country = ANY(%s) AND since <= current_date
ORDER BY country, tax_class, since DESC
"""


def quote(basket: Basket) -> Quote:
    """Price a basket; what the catalogue no longer knows is taxed and sent like anything else."""
    items = catalog.items(skus=skus(basket))
    prices, rate = priced(basket), tax_rates(destination(basket))
    goods = [
        Good(line.sku, line.quantity, prices[line.sku].unit, rate(tax_class(items.get(line.sku))))
        for line in basket.lines
    ]
    return domain.quote(
        goods, shipping=shipping(basket, items, prices), shipping_rate=rate(STANDARD)
    )


def shipping_options(basket: Basket) -> tuple[ShippingOption, ...]:
    """List how a basket can be sent to its destination."""
    if not ships(basket, catalog.items(skus=skus(basket))):
        return ()
    total = subtotal(basket, priced(basket))
    return domain.options(tariffs(basket.currency), subtotal=total, country=destination(basket))


def skus(basket: Basket) -> tuple[str, ...]:
    """Name everything in a basket once."""
    return tuple(sorted({line.sku for line in basket.lines}))


def destination(basket: Basket) -> str:
    """Return where it goes: the shop's own country until the shopper says otherwise."""
    return basket.country or settings.HOME_COUNTRY


def priced(basket: Basket) -> dict[str, Price]:
    """Return the price of everything in a basket, or refuse what has none."""
    prices = pricelist.read(skus(basket), basket.currency)
    if missing := tuple(sku for sku in skus(basket) if sku not in prices):
        raise NoPrice(skus=missing, currency=basket.currency)
    return prices


def subtotal(basket: Basket, prices: dict[str, Price]) -> Money:
    """Add up the goods."""
    totals = (prices[line.sku].unit * line.quantity for line in basket.lines)
    return sum(totals, Money.zero(basket.currency))


def ships(basket: Basket, items: dict[str, Item]) -> bool:
    """Tell whether anything has to be sent."""
    return any(sku not in items or items[sku].ships for sku in skus(basket))


def shipping(basket: Basket, items: dict[str, Item], prices: dict[str, Price]) -> Money:
    """Return what the chosen way of sending costs; nothing if none is chosen or needed."""
    if basket.shipping is None or not ships(basket, items):
        return Money.zero(basket.currency)
    for tariff in tariffs(basket.currency):
        if tariff.code == basket.shipping and destination(basket) in tariff.countries:
            return tariff.price(subtotal(basket, prices))
    raise NoShipping(country=destination(basket), option=basket.shipping)


def tax_class(item: Item | None) -> str:
    """Return how an item is taxed."""
    return item.tax_class if item else STANDARD


def tax_rates(country: str) -> Callable[[str], Decimal]:
    """Read today's rates of a destination; the answer gives the rate of a tax class."""
    home = settings.HOME_COUNTRY
    with connection.cursor() as cursor:
        cursor.execute(RATES, [[country, home]])
        known = {(at, each): percent for at, each, percent in cursor.fetchall()}
    return lambda each: domain.rate_for(known, tax_class=each, country=country, home=home)


def tariffs(currency: str) -> list[Tariff]:
    """Return what each way of sending costs in a currency."""
    rows = ShippingPrice.objects.filter(currency=currency, option__active=True)
    return [
        Tariff(
            code=row.option.code,
            name=row.option.name,
            countries=frozenset(row.option.countries),
            days=(row.option.earliest, row.option.latest),
            fee=Money(row.minor, currency),
            free_from=None if row.free_from_minor is None else Money(row.free_from_minor, currency),
        )
        for row in rows.select_related("option")
    ]
