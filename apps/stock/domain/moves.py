"""What merchants and partners may do to the shelf, and what can come of it."""

from dataclasses import dataclass
from enum import Enum

MOST = 1_000_000_000  # units; what a counter can hold is about twice as much
LONGEST = 255  # characters of a SKU, a reference, a reason


class Kind(Enum):
    """What happened to the goods; the ledger uses the same words."""

    RECEIVED = "received"  # so many units came
    COUNTED = "counted"  # so many units are there
    CORRECTED = "corrected"  # so many units more, or fewer, for a reason
    RETURNED = "returned"  # so many units came back from a customer
    MOVED = "moved"  # so many units went from one location to another


@dataclass(frozen=True)
class Move:
    """One thing done to the units of a SKU; done once for each reference, SKU and location."""

    kind: Kind
    sku: str
    location: str
    quantity: int
    reference: str
    reason: str = ""
    to: str = ""  # the location where moved units go


class Verdict(Enum):
    """What came of a move."""

    DONE = "done"
    REPEATED = "repeated"  # it had been done under its reference before
    UNKNOWN_SKU = "sku-unknown"
    UNKNOWN_LOCATION = "location-unknown"
    BELOW_ZERO = "level-below-zero"
    BELOW_PROMISED = "level-below-promised"
    TOO_MANY = "level-too-high"


GOOD = {Verdict.DONE, Verdict.REPEATED}


@dataclass(frozen=True)
class Outcome:
    """What came of a move: the units it made a difference of, those there now, those promised."""

    move: Move
    verdict: Verdict
    difference: int = 0
    on_hand: int = 0
    promised: int = 0

    @property
    def good(self) -> bool:
        """Whether the move is in the ledger."""
        return self.verdict in GOOD


class NotMoved(Exception):
    """Some moves are impossible, so that none of those asked for together was made."""

    def __init__(self, outcomes: tuple[Outcome, ...]) -> None:
        super().__init__(f"{len(outcomes)} moves are impossible")
        self.outcomes = outcomes


class Flaw(Enum):
    """What is wrong with a move before anybody looks at the shelf."""

    TOO_FEW = "quantity-too-low"
    TOO_MUCH = "quantity-too-high"
    NOTHING = "quantity-zero"
    NO_REASON = "reason-missing"
    TOO_LONG = "text-too-long"
    NO_TARGET = "target-missing"
    SAME_PLACE = "target-same"
    NEEDLESS_TARGET = "target-needless"


def flaw(move: Move) -> Flaw | None:
    """Find what makes no sense whatever is on the shelf."""
    if move.quantity > MOST or move.quantity < -MOST:
        return Flaw.TOO_MUCH
    if max(map(len, (move.sku, move.reference, move.reason))) > LONGEST:
        return Flaw.TOO_LONG
    if move.kind is Kind.MOVED:
        if not move.to:
            return Flaw.NO_TARGET
        if move.to == move.location:
            return Flaw.SAME_PLACE
    elif move.to:
        return Flaw.NEEDLESS_TARGET
    if move.kind is Kind.CORRECTED:
        if not move.quantity:
            return Flaw.NOTHING
        return None if move.reason else Flaw.NO_REASON
    least = 0 if move.kind is Kind.COUNTED else 1
    return Flaw.TOO_FEW if move.quantity < least else None
