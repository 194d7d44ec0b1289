"""What decides when two promotions could both apply, as `promotions.work` lets them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import product

from .conditions import Condition, GoesTo, InChannel, NthOrder, OrdersAtLeast
from .period import Period


class Verdict(Enum):
    """What becomes of two promotions that are both fulfilled; "mine" is the one looked at."""

    ONE_COUPON = "one-coupon"  # a cart has one coupon, and each of the two needs one of its own
    MINE_ALONE = "mine-alone"
    OTHER_ALONE = "other-alone"
    MINE_STOPS = "mine-stops"  # nothing works after mine
    OTHER_STOPS = "other-stops"
    MINE_FIRST = "mine-first"
    OTHER_FIRST = "other-first"


NOTHING_LEFT = frozenset({Verdict.OTHER_ALONE, Verdict.OTHER_STOPS})


@dataclass(frozen=True)
class Contender:
    """A promotion as far as it matters to others; `place` orders those of one priority."""

    key: str
    priority: int
    place: int
    exclusive: bool
    stops: bool
    by_coupon: bool
    period: Period
    unconditional: bool  # applies to every cart, as often as there are carts
    conditions: tuple[Condition, ...] = ()

    @property
    def turn(self) -> tuple[int, int]:
        """When it works: the smallest turn goes first."""
        return (-self.priority, self.place)


def meet(one: Period, other: Period) -> bool:
    """Tell whether two periods have a moment in common."""
    starts = [each.since for each in (one, other) if each.since]
    ends = [each.until for each in (one, other) if each.until]
    return not starts or not ends or max(starts) < min(ends)


def exclude(one: Contender, other: Contender) -> bool:
    """Tell whether no cart can fulfil both: its channel, country or order number has to differ."""
    pairs = product(one.conditions, other.conditions)
    return any(contradict(*pair) or contradict(*pair[::-1]) for pair in pairs)


def contradict(one: Condition, other: Condition) -> bool:
    """Tell whether two conditions can never hold at once."""
    match one, other:
        case InChannel(), InChannel():
            return one.channels.isdisjoint(other.channels)
        case GoesTo(), GoesTo():
            return one.countries.isdisjoint(other.countries)
        case NthOrder(), NthOrder():
            return one.number != other.number
        case NthOrder(), OrdersAtLeast():
            return one.number <= other.orders
    return False


def covers(one: Period, other: Period) -> bool:
    """Tell whether one period lasts as long as another at least."""
    begins = one.since is None or (other.since is not None and one.since <= other.since)
    return begins and (one.until is None or (other.until is not None and other.until <= one.until))


def between(mine: Contender, other: Contender) -> Verdict:
    """Say what decides between two that are both fulfilled at once."""
    first = mine.turn < other.turn
    if mine.by_coupon and other.by_coupon:
        return Verdict.ONE_COUPON
    if mine.exclusive or other.exclusive:
        alone = mine.exclusive and (first or not other.exclusive)
        return Verdict.MINE_ALONE if alone else Verdict.OTHER_ALONE
    if first:
        return Verdict.MINE_STOPS if mine.stops else Verdict.MINE_FIRST
    return Verdict.OTHER_STOPS if other.stops else Verdict.OTHER_FIRST


def never_beside(mine: Contender, others: Iterable[Contender]) -> Contender | None:
    """Find a promotion that always applies while mine would, and leaves it nothing."""
    return next(
        (
            other
            for other in others
            if other.unconditional
            and covers(other.period, mine.period)
            and between(mine, other) in NOTHING_LEFT
        ),
        None,
    )
