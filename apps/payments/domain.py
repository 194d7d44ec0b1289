"""The rules of payments: which state may follow which, and what a provider is told and answers."""

from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from commerce.money import Money

from .interface import RefundStatus, Status

NEXT: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset(
        {
            Status.ACTION_REQUIRED,
            Status.AUTHORISED,
            Status.CAPTURED,
            Status.REFUSED,
            Status.VOIDED,
        }
    ),
    Status.ACTION_REQUIRED: frozenset(
        {Status.AUTHORISED, Status.CAPTURED, Status.REFUSED, Status.VOIDED}
    ),
    Status.AUTHORISED: frozenset({Status.CAPTURED, Status.VOIDED}),
    Status.CAPTURED: frozenset(),
    Status.REFUSED: frozenset(),
    Status.VOIDED: frozenset(),
}
UNDECIDED = frozenset({Status.PENDING, Status.ACTION_REQUIRED})  # only the provider knows
OVER = frozenset({Status.REFUSED, Status.VOIDED})  # a new attempt may be made


def before(status: Status) -> list[str]:
    """Return the states that a session may come from."""
    return [earlier.value for earlier, later in NEXT.items() if status in later]


@dataclass(frozen=True)
class Payment:
    """What a provider is asked to do; `key` names it for ever, on both sides.

    `reference` is the provider's own name for it, once it has told one. The shopper goes `back`
    there, and reads `title` where money is asked for.
    """

    key: str
    method: str
    amount: Money
    locale: str
    reference: str = ""
    back: str = ""
    title: str = ""


@dataclass(frozen=True)
class Answer:
    """How a payment stands at the provider; `reason` is an English sentence to be translated.

    `captured` is what was taken, where that is not all of it.
    """

    status: Status
    reason: str = ""
    action_url: str = ""
    captured: Money | None = None
    reference: str = ""


@dataclass(frozen=True)
class Refunded:
    """How a refund stands at the provider."""

    status: RefundStatus
    reason: str = ""


@dataclass(frozen=True)
class Given:
    """A refund in the provider's own books; `key` is ours, and empty if it was made over there."""

    id: str
    key: str
    amount: Money
    stands: Refunded


@dataclass(frozen=True)
class Standing:
    """What a provider's books say of a payment: what was taken, and what was given back of it."""

    payment: str
    captured: Money
    refunded: Money


@dataclass(frozen=True)
class Notice:
    """A provider says that something has happened to a payment; what, it is asked."""

    id: str
    kind: str
    payment: str


class Account(Enum):
    """Where money is in our books; what comes in is positive, where it comes from negative."""

    CLEARING = "clearing"  # what providers hold for us
    RECEIVABLE = "receivable"  # what shoppers owe who pay later
    CHARGED = "charged"  # what orders were charged
    REFUNDED = "refunded"  # what was given back


Leg = tuple[Account, int]  # an account and minor units


def captured(minor: int, *, owed: bool) -> tuple[Leg, ...]:
    """Book money that was taken, or that came from somebody who owed it."""
    return (Account.CLEARING, minor), (Account.RECEIVABLE if owed else Account.CHARGED, -minor)


def due(minor: int) -> tuple[Leg, ...]:
    """Book what an order was charged and its shopper pays later."""
    return (Account.RECEIVABLE, minor), (Account.CHARGED, -minor)


def forgiven(minor: int) -> tuple[Leg, ...]:
    """Book that nobody owes it any more."""
    return (Account.CHARGED, minor), (Account.RECEIVABLE, -minor)


def refunded(minor: int) -> tuple[Leg, ...]:
    """Book money that was given back."""
    return (Account.REFUNDED, minor), (Account.CLEARING, -minor)


def returned(minor: int) -> tuple[Leg, ...]:
    """Book money that was given back and came back."""
    return (Account.CLEARING, minor), (Account.REFUNDED, -minor)


@dataclass(frozen=True)
class Movement:
    """A line of the provider's own books, for people to compare with ours."""

    at: str
    what: str
    amount: Money
    key: str


class NoAnswer(Exception):
    """The provider said nothing in time: what was asked may or may not have happened."""


class Forged(Exception):
    """The notice was not written by the provider, or long ago."""


def coming_back(address: str, payment: str) -> str:
    """Name a payment in the address that its shopper comes back to."""
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "session"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("session", payment)])))
