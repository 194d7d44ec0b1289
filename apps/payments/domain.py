"""The rules of payments: which state may follow which, and what a provider is told and answers."""

from dataclasses import dataclass

from commerce.money import Money

from .interface import Status

NEXT: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset(
        {Status.ACTION_REQUIRED, Status.AUTHORISED, Status.REFUSED, Status.VOIDED}
    ),
    Status.ACTION_REQUIRED: frozenset({Status.AUTHORISED, Status.REFUSED, Status.VOIDED}),
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
    """What a provider is asked to do; `key` names it for ever, on both sides."""

    key: str
    method: str
    amount: Money
    locale: str


@dataclass(frozen=True)
class Answer:
    """How a payment stands at the provider; `reason` is an English sentence to be translated."""

    status: Status
    reason: str = ""
    action_url: str = ""


@dataclass(frozen=True)
class Movement:
    """A line of the provider's own books, for people to compare with ours."""

    at: str
    what: str
    amount: Money
    key: str


class NoAnswer(Exception):
    """The provider said nothing in time: what was asked may or may not have happened."""
