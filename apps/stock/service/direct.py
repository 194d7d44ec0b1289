"""Reservations of partners who sell elsewhere: held for a while, then theirs or free again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID, uuid5

from ..domain import MOST
from ..interface import (
    NOBODY,
    Availability,
    Hold,
    HoldLimit,
    LapsedTooOften,
    Line,
    NotStarted,
    OutOfStock,
    Shortage,
    Waiting,
)
from ..models import Commitment, DirectReservation
from .available import available, holds
from .commit import cancel, commit, ship
from .reserve import release, reserve
from .statement import rows

NAMES = UUID("0190f7a4-5a1e-7c7f-9d2b-5c1d8a0e4b11")
LONGEST = timedelta(minutes=30)  # from its beginning, however often it is extended
IN_TIME = "SELECT now() + %s <= created_at + %s FROM stock_reservation WHERE id = %s"
BROKE_OFF = """
SELECT created_at + %s > now() AND NOT EXISTS (SELECT FROM stock_hold WHERE cart = reservation.id)
FROM stock_reservation AS reservation WHERE id = %s
"""


class State(Enum):
    """How a reservation stands."""

    HELD = "held"
    LAPSED = "lapsed"  # at least one line is anybody's now
    COMMITTED = "committed"
    HANDED_OVER = "handed-over"
    RELEASED = "released"


ENDS = {
    Commitment.State.COMMITTED: State.COMMITTED,
    Commitment.State.SHIPPED: State.HANDED_OVER,
    Commitment.State.CANCELLED: State.RELEASED,
}


@dataclass(frozen=True)
class Direct:
    """A reservation as it stands."""

    id: UUID
    state: State
    lines: tuple[Line, ...]
    created_at: datetime
    expires_at: datetime | None


class UnknownReservation(Exception):
    """Nobody made it, or somebody else did."""


class OtherLines(Exception):
    """The name stands for a reservation of other goods."""


class Ended(Exception):
    """It is committed or released, and stays so."""

    def __init__(self, state: State) -> None:
        super().__init__(state.value)
        self.state = state


class TooLong(Exception):
    """Nobody keeps goods aside for so long."""


def hold(owner: str, key: str, lines: dict[str, int], ttl: timedelta) -> Direct:
    """Keep all lines aside, or raise OutOfStock; once for each of the owner's keys."""
    if ttl > LONGEST:
        raise TooLong
    name = uuid5(NAMES, f"{owner} {key}")
    made, is_new = DirectReservation.objects.get_or_create(
        id=name, defaults={"owner": owner, "lines": lines}
    )
    if made.lines != lines:
        raise OtherLines
    if is_new or broke_off(name, ttl):
        try:
            take(made, ttl)
        except (OutOfStock, NotStarted, Waiting):
            made.delete()
            raise
    return show(owner, name)


def show(owner: str, name: UUID) -> Direct:
    """Tell how a reservation stands."""
    made = own(owner, name)
    kept = holds(name)
    state = ended(name) or standing(made, kept)
    until = min((each.expires_at for each in kept), default=None)
    return Direct(name, state, lines_of(made), made.created_at, until)


def extend(owner: str, name: UUID, ttl: timedelta) -> Direct:
    """Hold it for longer, taking again what lapsed if it is still there."""
    made = own(owner, name)
    if end := ended(name):
        raise Ended(end)
    if not rows(IN_TIME, ttl, LONGEST, name)[0][0]:
        raise TooLong
    take(made, ttl)
    return show(owner, name)


def drop(owner: str, name: UUID) -> None:
    """Put its goods back, sold or not; what was handed over is gone."""
    own(owner, name)
    cancel(name)
    if (end := ended(name)) is State.HANDED_OVER:
        raise Ended(end)
    release(name)


def sell(owner: str, name: UUID) -> Direct:
    """Make its goods the partner's, or raise OutOfStock if they lapsed and are gone."""
    made = own(owner, name)
    if (end := ended(name)) is State.RELEASED:
        raise Ended(end)
    commit(name, name, lines_of(made), None)
    return show(owner, name)


def hand_over(owner: str, name: UUID) -> Direct:
    """Make its goods the partner's and take them out of the house."""
    sell(owner, name)
    ship(name)
    return show(owner, name)


def own(owner: str, name: UUID) -> DirectReservation:
    """Return a reservation of the owner."""
    made = DirectReservation.objects.filter(id=name, owner=owner).first()
    if made is None:
        raise UnknownReservation
    return made


def take(made: DirectReservation, ttl: timedelta) -> None:
    """Hold all lines until so long from now."""
    lines = lines_of(made)
    try:
        reserve(made.id, lines, ttl, None, NOBODY, MOST)  # partners are known and trusted
    except LapsedTooOften:
        raise TooLong from None
    except HoldLimit as refusal:
        short = Shortage(refusal.sku, made.lines[refusal.sku], refusal.most)
        raise OutOfStock(shortages=(short,)) from None


def broke_off(name: UUID, ttl: timedelta) -> bool:
    """Whether nothing is held that could not have lapsed yet: it was written down and not taken."""
    return ended(name) is None and bool(rows(BROKE_OFF, ttl, name)[0][0])


def ended(name: UUID) -> State | None:
    """Say how it ended, if it did."""
    found = Commitment.objects.filter(order=name).first()
    return ENDS[Commitment.State(found.state)] if found else None


def standing(made: DirectReservation, kept: tuple[Hold, ...]) -> State:
    """Say whether all that is counted is still held."""
    held = {each.sku: each.quantity for each in kept if not each.lapsed}
    there: dict[str, Availability] = available(tuple(made.lines))
    missing = (sku for sku, units in made.lines.items() if held.get(sku, 0) < units)
    return State.LAPSED if any(there[sku].tracked for sku in missing) else State.HELD


def lines_of(made: DirectReservation) -> tuple[Line, ...]:
    """Read its lines."""
    return tuple(Line(sku, units) for sku, units in made.lines.items())
