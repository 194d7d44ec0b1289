"""Takes orders quickly, never loses one, and turns each into a real one: one verb a file.

Pages call `precheck` and `place` with a `Wish`; both say everything that is wrong at once.
"""

from uuid import UUID

from ..interface import Order, Orders
from .cancel import NotCancellable, cancel, give_back
from .capture import NotAwaited, capture, mark_paid
from .confirm import WORKER, confirm
from .hold import hold, release_hold
from .links import order_path
from .mail import DELIVERED, SHIPPED, mail_confirmation, mail_shipment
from .mine import mine
from .pack import pack, unpack
from .place import place
from .precheck import Findings, precheck
from .recover import recover
from .ship import deliver, leave, ship
from .show import show
from .wait import wait_until_settled

__all__ = [
    "DELIVERED",
    "SHIPPED",
    "WORKER",
    "Findings",
    "NotAwaited",
    "NotCancellable",
    "OrdersService",
    "cancel",
    "capture",
    "confirm",
    "deliver",
    "give_back",
    "hold",
    "leave",
    "mail_confirmation",
    "mail_shipment",
    "mark_paid",
    "mine",
    "order_path",
    "pack",
    "place",
    "precheck",
    "recover",
    "release_hold",
    "ship",
    "show",
    "unpack",
    "wait_until_settled",
]


class OrdersService(Orders):
    """Answers the other contexts."""

    def order(self, *, order: UUID) -> Order:
        return show(order=order)
