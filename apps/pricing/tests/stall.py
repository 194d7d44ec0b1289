"""A small shop for tests of the engine: four goods, prices in euro cents, and a moment in time."""

from datetime import UTC, datetime
from decimal import Decimal

from apps.pricing.domain.amounts import Currency
from apps.pricing.domain.cart import Cart, Line, Place
from apps.pricing.domain.engine import price
from apps.pricing.domain.goods import Good, Only
from apps.pricing.domain.lists import ListPrice, PriceList
from apps.pricing.domain.promotions import Promotion
from apps.pricing.domain.quotation import Quote
from apps.pricing.domain.snapshot import Snapshot
from apps.pricing.domain.taxes import TaxRate
from apps.pricing.domain.zones import Zone

NOW = datetime(2030, 5, 1, 12, tzinfo=UTC)
EUR = Currency("EUR")
GOODS = {
    "MUG": Good("MUG", "mug", frozenset({"kitchen"}), tax_category="standard"),
    "TEE": Good("TEE", "tee", frozenset({"clothes"}), tax_category="standard"),
    "CAP": Good("CAP", "cap", frozenset({"clothes"}), tax_category="standard"),
    "BOOK": Good("BOOK", "book", frozenset({"books"}), tax_category="books"),
}
AMOUNTS = {"MUG": 1290, "TEE": 2500, "CAP": 999, "BOOK": 2110}
FRANCE, GERMANY = Place("FR"), Place("DE")
MUGS = Only(skus=frozenset({"MUG"}))
CLOTHES = Only(categories=frozenset({"clothes"}))


def pricelist(key="everybody", amounts=AMOUNTS, **words) -> PriceList:
    return PriceList(key, {sku: (ListPrice(amount),) for sku, amount in amounts.items()}, **words)


def vat(country="FR", percent="20", category="standard", **words) -> TaxRate:
    zone = Zone(countries=frozenset({country}))
    key = f"{country} {category}"
    return TaxRate(key, Decimal(percent), frozenset({category}), zone, **words)


def shop(**words) -> Snapshot:
    return Snapshot(**{"currency": EUR, "goods": GOODS, "lists": (pricelist(),)} | words)


def offering(*effects, key="sale", **words) -> Snapshot:
    """A shop with one promotion."""
    return shop(promotions=(Promotion(key, effects=effects, **words),))


def cart(**words) -> Cart:
    """A cart: quantities by SKU in capitals, and everything else in small letters."""
    lines = tuple(Line(sku, count) for sku, count in words.items() if sku.isupper())
    rest = {word: told for word, told in words.items() if not word.isupper()}
    return Cart(**{"lines": lines, "now": NOW} | rest)


def priced(snapshot: Snapshot, **words) -> Quote:
    return price(cart(**words), snapshot)


def off(snapshot: Snapshot, **words) -> dict[str, int]:
    """What is taken off each line that something is taken off."""
    lines = priced(snapshot, **words).lines
    return {line.sku: line.discount for line in lines if line.discount}
