"""What a promotion asks and does, written down in JSON and read into the engine's own values.

Each condition and effect is an object whose `kind` names a class of the engine, and whose other
fields are that class's own. Amounts are in major units and per cents are decimals, both as text.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any, get_args, get_type_hints

from .amounts import Currency, rate
from .conditions import (
    AnyOf,
    Applied,
    CategoryTotalAtLeast,
    Condition,
    ContainsCategory,
    ContainsProduct,
    During,
    GoesTo,
    InChannel,
    InGroup,
    IsCustomer,
    ItemsTotalAtLeast,
    Not,
    NthOrder,
    OrdersAtLeast,
    QuantityAtLeast,
    SentBy,
    SpentAtLeast,
    WeightAtLeast,
)
from .effects import ALL, Effect, NewPrice, OrderFixed, OrderPercent, UnitFixed, UnitPercent
from .goods import Only
from .offers import Bundle, BuyGet, Gift, Part
from .period import Period
from .shipping import ShippingOff

CONDITIONS: Mapping[str, type] = {
    "any-of": AnyOf,
    "applied": Applied,
    "category-total-at-least": CategoryTotalAtLeast,
    "contains-category": ContainsCategory,
    "contains-product": ContainsProduct,
    "during": During,
    "goes-to": GoesTo,
    "in-channel": InChannel,
    "in-group": InGroup,
    "is-customer": IsCustomer,
    "items-total-at-least": ItemsTotalAtLeast,
    "not": Not,
    "nth-order": NthOrder,
    "orders-at-least": OrdersAtLeast,
    "quantity-at-least": QuantityAtLeast,
    "sent-by": SentBy,
    "spent-at-least": SpentAtLeast,
    "weight-at-least": WeightAtLeast,
}
EFFECTS: Mapping[str, type] = {
    "bundle": Bundle,
    "buy-get": BuyGet,
    "gift": Gift,
    "new-price": NewPrice,
    "order-fixed": OrderFixed,
    "order-percent": OrderPercent,
    "shipping-off": ShippingOff,
    "unit-fixed": UnitFixed,
    "unit-percent": UnitPercent,
}
AMOUNTS = {"amount", "fixed", "most", "price", "price_from", "price_to"}  # the others are counts
NUMBER = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)
UNKEPT = re.compile(r"[\0\ud800-\udfff]")  # PostgreSQL has neither
MOST_UNITS = 1_000_000
MOST_RULES = 50  # in one list of conditions or effects


class Unreadable(ValueError):
    """A document that cannot be read; the words say where, and what was expected there."""

    def __init__(self, words: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(words)
        self.path = path  # names and indexes that lead to the place


@dataclass(frozen=True)
class Terms:
    """When a promotion applies, and what it does then."""

    conditions: tuple[Condition, ...]
    effects: tuple[Effect | ShippingOff, ...]


def read(document: object, currency: Currency | None) -> Terms:
    """Read the terms of a promotion, which names amounts only if it counts in one currency."""
    told = known(document, {"conditions", "effects"})
    try:
        with at("conditions", place=""):
            conditions = conditions_in(told.get("conditions", []), currency)
        with at("effects", place=""):
            effects = tuple(several("effect", told.get("effects", []), EFFECTS, currency))
    except RecursionError as problem:
        raise Unreadable("The conditions are nested too deeply") from problem
    if not effects:
        raise Unreadable("A promotion needs an effect", ("effects",))
    return Terms(conditions, effects)


def conditions_in(told: object, currency: Currency | None) -> tuple[Condition, ...]:
    """Read a list of conditions."""
    return tuple(several("condition", told, CONDITIONS, currency))


def several(
    what: str, told: object, kinds: Mapping[str, type], currency: Currency | None
) -> Iterator[Any]:
    """Read a list of conditions or effects."""
    for index, each in enumerate(listed(told)):
        with at(index, place=f"{what} {index + 1}: "):
            if index == MOST_RULES:
                raise Unreadable(f"at most {MOST_RULES} are read")
            yield kind(each, kinds, currency)


def kind(told: object, kinds: Mapping[str, type], currency: Currency | None) -> Any:
    """Read an object by what its kind says it is."""
    if not isinstance(told, dict) or told.get("kind") not in list(kinds):
        raise Unreadable(f"its kind must be one of {', '.join(kinds)}", ("kind",))
    rest = {name: value for name, value in told.items() if name != "kind"}
    with at(place=f"{told['kind']}: "):
        return build(kinds[told["kind"]], rest, currency)


def build(wanted: type, told: object, currency: Currency | None) -> Any:
    """Make a value of the engine from an object with the same fields."""
    hints, needed = shape(wanted)
    named = known(told, hints.keys())
    if missing := needed - named.keys():
        raise Unreadable(f"{', '.join(sorted(missing))} is missing", (min(missing),))
    values = {}
    for name, value in named.items():
        with at(name, place=f"{name}: "):
            values[name] = readers(name, currency)[hints[name]](value)
    return wanted(**values)


@cache
def shape(wanted: type) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the type of each field of a class, and the fields that must be there."""
    hints = get_type_hints(wanted)
    needed = frozenset(field.name for field in fields(wanted) if field.default is MISSING)
    return {field.name: certain(hints[field.name]) for field in fields(wanted)}, needed


def certain(hint: Any) -> Any:
    """Return a type without the None that stands for leaving a field out."""
    kept = [each for each in get_args(hint) if each is not type(None)]
    return kept[0] if type(None) in get_args(hint) else hint


def readers(name: str, currency: Currency | None) -> dict[Any, Callable[[Any], Any]]:
    """Say how a field is read, by its type; whole numbers are amounts or counts by its name."""
    return {
        int: partial(amount, currency=currency) if name in AMOUNTS else count,
        Decimal: percent if name == "percent" else decimal,
        str: text,
        bool: truth,
        datetime: moment,
        frozenset[str]: lambda told: frozenset(map(text, listed(told))),
        Only: partial(build, Only, currency=currency),
        Period: partial(build, Period, currency=currency),
        Condition: partial(kind, kinds=CONDITIONS, currency=currency),
        tuple[Condition, ...]: partial(conditions_in, currency=currency),
        tuple[Part, ...]: lambda told: tuple(parts(told, currency)),
    }


def parts(told: object, currency: Currency | None) -> Iterator[Part]:
    """Read what a bundle is made of."""
    for index, each in enumerate(listed(told)):
        with at(index, place=f"part {index + 1}: "):
            yield build(Part, each, currency)


@contextmanager
def at(*path: str | int, place: str) -> Iterator[None]:
    """Say where it was that something could not be read, in words and by the way there."""
    try:
        yield
    except ValueError as problem:
        further = problem.path if isinstance(problem, Unreadable) else ()
        raise Unreadable(f"{place}{problem}", (*path, *further)) from problem


def known(told: object, names: Set[str]) -> dict[str, Any]:
    """Insist on an object that says nothing but this."""
    if not isinstance(told, dict):
        raise Unreadable(f"an object with {', '.join(sorted(names))} is expected")
    if strange := told.keys() - names:
        raise Unreadable(
            f"{', '.join(sorted(map(str, strange)))} is not known here", (min(strange),)
        )
    return told


def listed(told: object) -> Sequence[Any]:
    """Insist on a list."""
    if not isinstance(told, list):
        raise Unreadable("a list is expected")
    return told


def text(told: object) -> str:
    """Insist on a word or more, in characters that can be kept."""
    if not isinstance(told, str) or not told.strip() or UNKEPT.search(told):
        raise Unreadable("a text is expected")
    return told


def truth(told: object) -> bool:
    """Insist on true or false."""
    if not isinstance(told, bool):
        raise Unreadable("true or false is expected")
    return told


def count(told: object) -> int:
    """Insist on a whole number from one up."""
    if type(told) is not int or not 1 <= told <= MOST_UNITS:
        raise Unreadable(f"a whole number from 1 to {MOST_UNITS:,} is expected")
    return told


def decimal(told: object) -> Decimal:
    """Read a number that is written as text, so that no digit is lost on the way."""
    if not isinstance(told, str) or not NUMBER.fullmatch(told):
        raise Unreadable('a number in quotation marks is expected, as in "12.5"')
    return Decimal(told)


def percent(told: object) -> Decimal:
    """Read per cents that are taken off something."""
    read = decimal(told)
    rate("what is taken off", read, most=ALL)
    return read


def amount(told: object, currency: Currency | None) -> int:
    """Read an amount in major units."""
    if currency is None:
        raise Unreadable("an amount needs a currency: choose the promotion's")
    return currency.steps(decimal(told))


def moment(told: object) -> datetime:
    """Read a moment with its time zone."""
    try:
        return datetime.fromisoformat(text(told))
    except ValueError as problem:
        raise Unreadable("a moment is expected, as in 2030-05-01T00:00:00+02:00") from problem
