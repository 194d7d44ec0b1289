"""Reads single cells; what cannot be read is refused in a sentence."""

import re
from datetime import UTC, datetime
from decimal import Decimal

from apps.catalog.interface import Kind, Visibility

NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
DATES = ("%m/%d/%y", "%m/%d/%Y", "%m/%d/%y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%y, %I:%M %p")
MOST = 1_000_000_000
GRAMS = 1000  # in Magento's unit of weight, taken as kilograms
VALUE_BEGINS = re.compile(r"(?:^|[=|])\s*$")
VISIBILITIES = {
    "not visible individually": Visibility.NOWHERE,
    "catalog": Visibility.CATALOG,
    "search": Visibility.SEARCH,
    "catalog, search": Visibility.EVERYWHERE,
}
SWITCH = {"1": True, "2": False, "0": False, "yes": True, "no": False}


class BadCell(ValueError):
    """A cell that cannot be read; the message is a sentence without its column."""


def number(text: str) -> Decimal:
    """Read a number that is not negative, with a point before its decimals."""
    if text.startswith("-"):
        raise BadCell(f"{text[:30]!r} must not be negative.")
    if not NUMBER.fullmatch(text):
        raise BadCell(f"{text[:30]!r} is no number such as 12 or 12.90.")
    return Decimal(text)


def quantity(text: str) -> int:
    """Read how many units there are."""
    read = number(text)
    if read != read.to_integral_value() or read > MOST:
        raise BadCell(f"{text[:30]!r} is no whole number up to {MOST}.")
    return int(read)


def weight(text: str) -> int:
    """Read a weight as grams."""
    grams = round(number(text) * GRAMS)
    if grams > MOST:
        raise BadCell(f"{text[:30]!r} is too heavy.")
    return grams


def kind(text: str) -> Kind:
    """Read a product type."""
    try:
        return Kind(text.lower())
    except ValueError:
        known = ", ".join(each.value for each in Kind)
        raise BadCell(f"{text[:30]!r} is none of: {known}.") from None


def visibility(text: str) -> Visibility:
    """Read where a product may be met."""
    if text.lower() not in VISIBILITIES:
        raise BadCell(f"{text[:30]!r} is none of: {'; '.join(VISIBILITIES)}.")
    return VISIBILITIES[text.lower()]


def switch(text: str) -> bool:
    """Read on or off, which Magento writes in several ways."""
    if text.lower() not in SWITCH:
        raise BadCell(f"{text[:30]!r} is neither 1 (on) nor 2 (off).")
    return SWITCH[text.lower()]


def moment(text: str) -> datetime:
    """Read a date, American or ISO 8601."""
    for form in DATES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise BadCell(f"{text[:30]!r} is no date such as 12/31/2030 or 2030-12-31.") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def values(text: str, separator: str) -> tuple[str, ...]:
    """Read a list, without empty entries."""
    return tuple(part for each in text.split(separator) if (part := each.strip()))


def paths(text: str, separator: str) -> tuple[str, ...]:
    """Read category paths as they are written, the root catalogue first."""
    found = values(text, separator)
    if separator != "|" and any("|" in path for path in found):
        raise BadCell("the paths hold '|'. If that separates them, use --values-separator '|'.")
    return tuple("/".join(step.strip() for step in path.split("/")) for path in found)


def pairs(text: str, separator: str) -> dict[str, str]:
    """Read `code=value,code=value`; a part without `=` belongs to the value before it."""
    found: dict[str, str] = {}
    code = ""
    for part in text.split(separator):
        name, equals, value = part.partition("=")
        if equals:
            code = name.strip().lower()
            found[code] = value.strip()
        elif code:
            found[code] += separator + part
        elif part.strip():
            raise BadCell(f"{part[:30]!r} is no pair such as size=M.")
    return found


def attributes(text: str, separator: str) -> dict[str, tuple[str, ...]]:
    """Read attributes with their values, of which several are joined by `|`.

    A pair or a value with a separator inside stands in double quotes, doubled where they are meant.
    """
    found: dict[str, tuple[str, ...]] = {}
    code = ""
    for part in split(text, separator):
        pair = unwrapped(part) if part.startswith('"') else part
        name, equals, given = pair.partition("=")
        if equals:
            code = name.strip().lower()
            found[code] = tuple(unwrapped(each) for each in split(given, "|") if unwrapped(each))
        elif code and found[code]:
            found[code] = (*found[code][:-1], found[code][-1] + separator + part)
        elif part.strip():
            raise BadCell(f"{part[:30]!r} is no pair such as size=M.")
    return {name: given for name, given in found.items() if given}


def split(text: str, separator: str) -> list[str]:
    """Split at separators that are not inside quotes; a quote opens only where a value begins."""
    parts, inside, place = [""], False, 0
    while '"' in text and place < len(text):
        letter = text[place]
        if inside and text.startswith('""', place):
            letter = '""'
        elif letter == '"':
            inside = not inside and VALUE_BEGINS.search(parts[-1]) is not None
        if letter == separator and not inside:
            parts.append("")
        else:
            parts[-1] += letter
        place += len(letter)
    unquoted = inside or '"' not in text
    return [part.strip() for part in (text.split(separator) if unquoted else parts)]


def unwrapped(text: str) -> str:
    """Take off the quotes around a value and undouble those inside."""
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"').strip()
    return text.strip()
