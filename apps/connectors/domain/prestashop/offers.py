"""What rows of PrestaShop say about prices, weights and choices."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from apps.catalog.interface import slugs
from apps.connectors.domain.magento.cells import GRAMS, BadCell, moment
from apps.pricing.interface import Price
from commerce.money import Money, digits

HUNDRED = Decimal(100)
MOST = Decimal(1_000_000_000)


@dataclass(frozen=True)
class Terms:
    """How the files are to be understood."""

    currency: str
    tax: Decimal  # per cent that is put on prices without tax
    language: str
    values_separator: str
    now: datetime


def number(text: str) -> Decimal:
    """Read a number with a point or a comma before its decimals; an empty cell is 0."""
    try:
        read = Decimal(text.replace(",", ".") or "0")
    except InvalidOperation:
        raise BadCell(f"{text[:30]!r} is no number such as 12 or 12.90.") from None
    if not read.is_finite() or abs(read) > MOST:
        raise BadCell(f"{text[:30]!r} is no number up to {MOST:f}.")
    return read


def price(sku: str, main: dict[str, str], impact: Decimal, terms: Terms) -> Price:
    """Return what a SKU costs today: the product's price, its own impact, tax, and a discount."""
    net = "price tax excluded" in main
    told = number(main.get("price tax excluded", main.get("price tax included", ""))) + impact
    if told < 0:
        raise BadCell(f"the price of {sku} would be below nothing.")
    usual = told * (1 + terms.tax / HUNDRED) if net else told
    reduced = usual * (1 - number(main.get("discount percent", "")) / HUNDRED)
    reduced -= number(main.get("discount amount", ""))
    if reduced == usual or reduced < 0 or not holds(main, terms.now):
        return Price(sku, money(usual, terms.currency))
    return Price(sku, money(reduced, terms.currency), before=money(usual, terms.currency))


def holds(main: dict[str, str], now: datetime) -> bool:
    """Whether the discount holds now; its last day belongs to it."""
    begins, ends = main.get("discount from", ""), main.get("discount to", "")
    if begins and not begins.startswith("0000") and moment(begins) > now:
        return False
    return not ends or ends.startswith("0000") or moment(ends) + timedelta(days=1) > now


def money(amount: Decimal, currency: str) -> Money:
    """Round to what can be paid."""
    step = Decimal(1).scaleb(-digits(currency))
    return Money.of(amount.quantize(step, ROUND_HALF_UP), currency)


def weight(text: str, impact: Decimal = Decimal(0)) -> int:
    """Read kilograms as grams."""
    grams = round((number(text) + impact) * GRAMS)
    if not 0 <= grams <= MOST:
        raise BadCell(f"{text[:30]!r} is no weight.")
    return grams


def units(text: str) -> int:
    """Read how many there are; PrestaShop counts below nothing, a shelf does not."""
    read = number(text)
    if read != read.to_integral_value():
        raise BadCell(f"{text[:30]!r} is no whole number.")
    return max(0, int(read))


def choice(names: str, values: str, separator: str) -> dict[str, str]:
    """Pair `Color:color:0, Size:select:1` with `Blue:0, M:1`."""
    attributes = [part.split(":")[0].strip() for part in names.split(separator)]
    told = [part.rpartition(":")[0].strip() or part.strip() for part in values.split(separator)]
    if len(attributes) != len(told) or not all(attributes) or not all(told):
        raise BadCell(f"{values[:60]!r} does not fit {names[:60]!r}.")
    return dict(zip(map(code, attributes), told, strict=True))


def code(name: str) -> str:
    """Make the code of an attribute of its name."""
    made = slugs(name.replace("/", " ")).replace("-", "_")
    return made if made[:1].isalpha() else f"a_{made}"
