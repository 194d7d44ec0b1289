"""Entries of price lists as files tell them: read strictly, each with what is wrong with it."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

import msgspec

from apps.pricing.interface import Price
from commerce.money import Money

from .amounts import BadAmount, Currency, UnknownCurrency

LONGEST = 255  # characters of a SKU
MOST = 10**12  # minor units
MOST_UNITS = 1_000_000
SEPARATORS = ",;\t"
UNITS = re.compile(r"[1-9][0-9]{0,6}")
PLAIN = re.compile(r"(?=\.?\d)\d{0,18}(\.\d{0,18})?", re.ASCII)  # neither 1e3 nor other digits
COLUMNS = {
    "sku": "sku",
    "amount": "amount",
    "price": "amount",
    "prix": "amount",
    "currency": "currency",
    "devise": "currency",
    "before": "before",
    "minimum": "minimum",
    "price_list": "price_list",
    "list": "price_list",
    "from_quantity": "from_quantity",
}
NEEDED = {"sku", "amount", "currency"}


class Flaw(Enum):
    """Why an entry is left out."""

    BROKEN = "row-broken"
    UNKNOWN_FIELD = "unknown-field"
    NO_SKU = "sku-missing"
    BAD_SKU = "sku-invalid"
    BAD_CURRENCY = "unknown-currency"
    BAD_AMOUNT = "amount-invalid"
    BEFORE_NOT_MORE = "before-not-higher"
    MINIMUM_NOT_LESS = "minimum-not-lower"
    BAD_QUANTITY = "quantity-invalid"
    UNKNOWN_LIST = "price-list-unknown"
    DRIFT = "price-drift"


class Unusable(Exception):
    """A file that is no list of prices at all; `reason` says why, in a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Line(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An entry as it is written: amounts in major units of its currency, as text."""

    sku: str
    amount: str
    currency: str
    before: str | None = None
    minimum: str | None = None
    price_list: str = ""
    from_quantity: int = 1


@dataclass(frozen=True)
class Entry:
    """A line by its number: a price, or what is wrong with it."""

    line: int
    price: Price | None = None
    flaw: Flaw | None = None
    detail: str = ""

    def spoilt(self, flaw: Flaw, detail: str = "") -> "Entry":
        """Return the same line with a flaw."""
        return replace(self, price=None, flaw=flaw, detail=detail)


DECODER = msgspec.json.Decoder(Line)


def read_ndjson(lines: Iterable[bytes]) -> Iterator[Entry]:
    """Read one JSON object a line; empty lines are passed over."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield read_json(number, line)


def read_json(number: int, line: bytes) -> Entry:
    """Read a line."""
    try:
        return entry(number, DECODER.decode(line))
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        strange = "unknown field" in str(problem)
        flaw = Flaw.UNKNOWN_FIELD if strange else Flaw.BROKEN
        return Entry(number, flaw=flaw, detail=str(problem))


def read_csv(lines: Iterable[str]) -> Iterator[Entry]:
    """Read a sheet; raises Unusable for what has no columns for SKU, amount and currency."""
    source = iter(lines)
    try:
        first = next(source, "").removeprefix("\ufeff")
        separator = max(SEPARATORS, key=first.count)
        header = next(csv.reader([first], delimiter=separator, strict=True), [])
    except csv.Error as problem:
        raise Unusable("The first line is broken. It names the columns.") from problem
    columns = [COLUMNS.get(name.strip().lower(), "") for name in header]
    if missing := NEEDED - set(columns):
        raise Unusable(f"The first line does not name {', '.join(sorted(missing))}.")
    reader = csv.reader(source, delimiter=separator, strict=True)
    number = 2
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as problem:
            yield Entry(number, flaw=Flaw.BROKEN, detail=str(problem))
            return
        if cells is None:
            return
        if any(map(str.strip, cells)):
            yield row(number, dict(zip(columns, map(str.strip, cells), strict=False)))
        number = 2 + reader.line_num


def row(number: int, cells: Mapping[str, str]) -> Entry:
    """Read a row; an empty cell says nothing, and an apostrophe keeps a text from being one."""
    quantity = cells.get("from_quantity") or "1"
    if not UNITS.fullmatch(quantity):
        return Entry(number, flaw=Flaw.BAD_QUANTITY)
    return entry(
        number,
        Line(
            sku=cells.get("sku", "").removeprefix("'"),
            amount=cells.get("amount", ""),
            currency=cells.get("currency", "").upper(),
            before=cells.get("before") or None,
            minimum=cells.get("minimum") or None,
            price_list=cells.get("price_list", ""),
            from_quantity=int(quantity),
        ),
    )


def entry(number: int, line: Line) -> Entry:
    """Make a price of a line, or say what is wrong."""
    found = Entry(number)
    if not line.sku.strip():
        return found.spoilt(Flaw.NO_SKU)
    if len(line.sku) > LONGEST or not line.sku.isprintable():
        return found.spoilt(Flaw.BAD_SKU)
    if not 1 <= line.from_quantity <= MOST_UNITS:
        return found.spoilt(Flaw.BAD_QUANTITY)
    try:
        unit, before, minimum = (
            None if text is None else amount(text, line.currency)
            for text in (line.amount, line.before, line.minimum)
        )
    except UnknownCurrency:
        return found.spoilt(Flaw.BAD_CURRENCY, line.currency)
    except BadAmount as problem:
        return found.spoilt(Flaw.BAD_AMOUNT, str(problem))
    assert unit is not None
    if before is not None and not unit < before:
        return found.spoilt(Flaw.BEFORE_NOT_MORE)
    if minimum is not None and unit < minimum:
        return found.spoilt(Flaw.MINIMUM_NOT_LESS)
    price = Price(line.sku, unit, before, line.price_list, line.from_quantity, minimum)
    return Entry(number, price)


@lru_cache(maxsize=10_000)
def amount(text: str, currency: str) -> Money:
    """Read an amount that is not negative, not finer than its currency, and finite."""
    read = known(currency)
    if not PLAIN.fullmatch(text):
        raise BadAmount(f"{text} is no amount of {currency}")
    steps = read.steps(text)
    if steps > MOST:
        raise BadAmount(f"{text} {currency} is more than any price")
    return Money(steps, currency)


@lru_cache(maxsize=200)
def known(currency: str) -> Currency:
    """Return a currency that exists."""
    return Currency(currency)
