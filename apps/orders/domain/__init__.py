"""The rules of orders: which state may follow which, and the words in which a wish is refused."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from uuid import UUID

from apps.stock.interface import Line as Goods
from commerce.money import Money

from ..interface import Delivery, Payment, Status

NEXT: dict[Status, frozenset[Status]] = {
    Status.PLACING: frozenset({Status.ACCEPTED, Status.REFUSING}),
    Status.REFUSING: frozenset({Status.REFUSED}),
    Status.REFUSED: frozenset(),
    Status.ACCEPTED: frozenset({Status.PLACED, Status.CANCELLED}),
    Status.PLACED: frozenset({Status.PAID, Status.CANCELLED}),
    Status.PAID: frozenset({Status.CANCELLED}),
    Status.CANCELLED: frozenset(),
}
UNDECIDED = frozenset({Status.PLACING, Status.REFUSING})  # nobody was told yet
PROMISED = frozenset({Status.ACCEPTED, Status.PLACED, Status.PAID})


class ForbiddenChange(Exception):
    """The table knows no such change: a defect of the caller."""


def check_change(before: Status, after: Status) -> None:
    """Raise ForbiddenChange unless an order may go from one state to the other."""
    if after not in NEXT[before]:
        raise ForbiddenChange(f"{before.value} -> {after.value}")


class Action(Enum):
    """What a merchant can do with an order."""

    CANCEL = "cancel"
    MARK_PAID = "mark-paid"
    HOLD = "hold"
    RELEASE = "release"


OUTSTANDING = frozenset({Payment.AWAITED, Payment.REFUSED})
CANCELLABLE = frozenset({Payment.SECURED, Payment.CAPTURED, *OUTSTANDING})  # no money moves
UNSENT = frozenset({Delivery.OPEN, Delivery.PART_SHIPPED})  # something can still be sent


def ready(status: Status, payment: Payment) -> bool:
    """Tell whether an order's money is there, or promised by invoice, so that it can be sent."""
    awaited = status is Status.PLACED and payment is Payment.AWAITED
    return awaited or status is Status.PAID


def possible(
    status: Status,
    payment: Payment,
    delivery: Delivery = Delivery.OPEN,
    *,
    on_hold: bool = False,
    in_part: bool = False,
) -> tuple[Action, ...]:
    """List what can be done with an order as a whole now; `in_part` some of its money was taken."""
    actions = []
    if status is Status.PLACED and (payment is Payment.AWAITED or in_part):
        actions.append(Action.MARK_PAID)
    if on_hold:
        actions.append(Action.RELEASE)
    elif status in PROMISED and delivery in UNSENT:
        actions.append(Action.HOLD)
    if Status.CANCELLED in NEXT[status] and payment in CANCELLABLE and delivery is Delivery.OPEN:
        actions.append(Action.CANCEL)
    return tuple(actions)


@dataclass(frozen=True)
class Reason:
    """Why a cart cannot become an order now: a code for programs, a sentence for the shopper.

    `where` names what to mend: `cart_id`, `cart_version`, `expected_total`, `payment_session`, or
    of the cart `items`, `email`, `shipping`, `shipping_address`; its part follows after a dot.
    """

    code: str
    text: str
    where: str
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a shopper asks for: this version of this cart, for this total, paid like this."""

    cart: UUID
    cart_version: int
    expected_total: Money
    payment_session: UUID | None = None


@dataclass(frozen=True)
class Receipt:
    """What a shopper is told once an order is accepted; it never changes afterwards."""

    order: UUID
    number: str
    replayed: bool = False


class NotPossible(Exception):
    """The cart cannot become an order now; nothing was kept and nothing is owed."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(", ".join(reason.code for reason in self.reasons))


class AlreadyOrdered(Exception):
    """The cart has become an order before, under another key."""

    def __init__(self, order: UUID, number: str) -> None:
        self.order, self.number = order, number
        super().__init__(number)


class InProgress(Exception):
    """An attempt to order this cart is under way; ask again in a moment."""


class OtherWish(Exception):
    """The key was used before, with another wish."""


class TooBusy(Exception):
    """More orders wait for the workers than can be confirmed in good time."""


def parts_needed(lines: Iterable[tuple[str, tuple[str, ...], int]]) -> tuple[Goods, ...]:
    """Add up what leaves the shelf for lines of (SKU, parts of one unit, quantity), by SKU."""
    wanted: Counter[str] = Counter()
    for sku, parts, quantity in lines:
        for part in parts or (sku,):
            wanted[part] += quantity
    return tuple(Goods(sku, quantity) for sku, quantity in sorted(wanted.items()))
