"""What a whole cart costs, and how it can be sent."""

from collections.abc import Callable
from decimal import Decimal

from django.conf import settings
from django.db import connection

from apps.catalog.interface import Item, catalog
from apps.pricing import domain
from apps.pricing.domain import STANDARD, Good, Tariff
from apps.pricing.interface import CartDraft, NoPrice, NoShipping, Price, Quote, ShippingOption
from apps.pricing.models import ShippingPrice
from commerce.money import Money

from . import pricelist

RATES = """
SELECT DISTINCT ON (country, tax_class) country, tax_class, percent
FROM pricing_taxrate WHERE country = ANY(%s) AND since <= current_date
ORDER BY country, tax_class, since DESC
"""


def quote(cart: CartDraft) -> Quote:
    """Price a cart; what the catalogue no longer knows is taxed and sent like anything else."""
    items = catalog.items(skus=skus(cart))
    prices, rate = priced(cart), tax_rates(destination(cart))
    goods = [
        Good(line.sku, line.quantity, prices[line.sku].unit, rate(tax_class(items.get(line.sku))))
        for line in cart.lines
    ]
    return domain.quote(goods, shipping=shipping(cart, items, prices), shipping_rate=rate(STANDARD))


def shipping_options(cart: CartDraft) -> tuple[ShippingOption, ...]:
    """List how a cart can be sent to its destination."""
    if not ships(cart, catalog.items(skus=skus(cart))):
        return ()
    total = subtotal(cart, priced(cart))
    return domain.options(tariffs(cart.currency), subtotal=total, country=destination(cart))


def skus(cart: CartDraft) -> tuple[str, ...]:
    """Name everything in a cart once."""
    return tuple(sorted({line.sku for line in cart.lines}))


def destination(cart: CartDraft) -> str:
    """Return where it goes: the shop's own country until the shopper says otherwise."""
    return cart.country or settings.HOME_COUNTRY


def priced(cart: CartDraft) -> dict[str, Price]:
    """Return the price of everything in a cart, or refuse what has none."""
    prices = pricelist.read(skus(cart), cart.currency)
    if missing := tuple(sku for sku in skus(cart) if sku not in prices):
        raise NoPrice(skus=missing, currency=cart.currency)
    return prices


def subtotal(cart: CartDraft, prices: dict[str, Price]) -> Money:
    """Add up the goods."""
    totals = (prices[line.sku].unit * line.quantity for line in cart.lines)
    return sum(totals, Money.zero(cart.currency))


def ships(cart: CartDraft, items: dict[str, Item]) -> bool:
    """Tell whether anything has to be sent."""
    return any(sku not in items or items[sku].ships for sku in skus(cart))


def shipping(cart: CartDraft, items: dict[str, Item], prices: dict[str, Price]) -> Money:
    """Return what the chosen way of sending costs; nothing if none is chosen or needed."""
    if cart.shipping is None or not ships(cart, items):
        return Money.zero(cart.currency)
    for tariff in tariffs(cart.currency):
        if tariff.code == cart.shipping and destination(cart) in tariff.countries:
            return tariff.price(subtotal(cart, prices))
    raise NoShipping(country=destination(cart), option=cart.shipping)


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
