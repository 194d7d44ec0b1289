"""Values cross a boundary unchanged, or are refused when the interface is connected."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from commerce.services import Service, connect, operation, wire


class Size(Enum):
    SMALL = "S"
    LARGE = "L"


@dataclass(frozen=True)
class Parcel:
    """One of everything that may be sent."""

    id: UUID
    label: str
    count: int
    fragile: bool
    weight: Decimal
    packed_at: datetime
    lasts: timedelta
    size: Size
    seal: bytes
    note: str | None
    inside: tuple[Size, ...]
    prices: dict[str, Decimal]


MOMENTS = some.datetimes(timezones=some.just(UTC))
NUMBERS = some.decimals(allow_nan=False, allow_infinity=False, places=4)
TEXTS = some.text(some.characters(exclude_categories=["Cs"]))
PARCELS = some.builds(
    Parcel,
    label=TEXTS,
    count=some.integers(-(2**63), 2**63 - 1),
    weight=NUMBERS,
    packed_at=MOMENTS,
    lasts=some.timedeltas(timedelta(days=-400), timedelta(days=400)),
    note=some.none() | TEXTS,
    prices=some.dictionaries(TEXTS, NUMBERS),
)


@given(parcels=some.lists(PARCELS, max_size=3).map(tuple))
def test_every_value_arrives_as_it_left(parcels):
    shape = tuple[Parcel, ...]
    sent = wire.encode(wire.dump(shape, parcels))
    assert wire.load(shape, wire.decode(sent)) == parcels


def test_a_newer_side_may_say_more():
    @dataclass(frozen=True)
    class Note:
        text: str
        colour: str = "white"

    assert wire.load(Note, {"text": "hello", "font": "serif"}) == Note("hello")


@pytest.mark.parametrize("data", [{"text": 1}, {}, [], "hello"])
def test_a_value_of_the_wrong_shape_is_refused(data):
    @dataclass(frozen=True)
    class Note:
        text: str

    with pytest.raises(ValueError, match=r"Expected|missing"):
        wire.load(Note, data)


@dataclass
class Loose:
    """Can change on the way."""

    text: str


@pytest.mark.parametrize(
    "shape", [list[int], set[str], object, dict[int, str], float, int | str, tuple[int, str], Loose]
)
def test_a_type_that_loses_something_is_refused(shape):
    def call(self, *, value) -> None: ...

    call.__annotations__["value"] = shape
    rich = type("Rich", (Service,), {"name": "rich", "call": operation(call)})
    with pytest.raises(TypeError, match="cannot cross a boundary"):
        connect(rich)


def test_positional_arguments_are_refused():
    class Positional(Service):
        name = "positional"

        @operation
        def call(self, value: int) -> None: ...

    with pytest.raises(TypeError, match="make value keyword-only"):
        connect(Positional)
