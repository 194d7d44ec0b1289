"""Takes orders quickly, never loses one, and turns each into a real one: one verb a file.

Pages call `precheck` and `place` with a `Wish`; both say everything that is wrong at once.
"""

from uuid import UUID

from ..interface import Order, Orders
from .cancel import NotCancellable, cancel, give_back
from .capture import NotAwaited, capture, mark_paid
from .confirm import confirm
from .mail import mail_confirmation
from .mine import mine
from .place import place
from .precheck import Findings, precheck
from .recover import recover
from .show import show
from .wait import wait_until_settled

__all__ = [
    "Findings",
    "NotAwaited",
    "NotCancellable",
    "OrdersService",
    "cancel",
    "capture",
    "confirm",
    "give_back",
    "mail_confirmation",
    "mark_paid",
    "mine",
    "place",
    "precheck",
    "recover",
    "show",
    "wait_until_settled",
]


class OrdersService(Orders):
    """Answers the other contexts."""

    def order(self, *, order: UUID) -> Order:
        return show(order=order)
