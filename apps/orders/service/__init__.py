"""Takes orders quickly, never loses one, and turns each into a real one: one verb a file.

Pages call `precheck` and `place` with a `Wish`; both say everything that is wrong at once.
"""

from uuid import UUID

from ..interface import Order, Orders
from .archive import archive_finished, archived, bring_back
from .cancel import NotCancellable, cancel, give_back
from .capture import NotAwaited, capture, mark_paid
from .confirm import WORKER, confirm
from .edit import apply, free_part, preview, withdraw
from .find import find
from .hold import hold, release_hold
from .invoice import credit_note, credit_notes, invoice, invoices_of
from .links import document_path, order_path
from .mail import (
    DELIVERED,
    SHIPPED,
    mail_cancelled,
    mail_confirmation,
    mail_refund,
    mail_return,
    mail_shipment,
)
from .mine import mine
from .pack import pack, unpack
from .place import place
from .precheck import Findings, precheck
from .recover import recover
from .refund import hear_of_refund, make_refund, make_refunds, refund
from .remember import remember
from .returns import approve, receive, refund_return, reject, request_return, shelve
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
    "apply",
    "approve",
    "archive_finished",
    "archived",
    "bring_back",
    "cancel",
    "capture",
    "confirm",
    "credit_note",
    "credit_notes",
    "deliver",
    "document_path",
    "find",
    "free_part",
    "give_back",
    "hear_of_refund",
    "hold",
    "invoice",
    "invoices_of",
    "leave",
    "mail_cancelled",
    "mail_confirmation",
    "mail_refund",
    "mail_return",
    "mail_shipment",
    "make_refund",
    "make_refunds",
    "mark_paid",
    "mine",
    "order_path",
    "pack",
    "place",
    "precheck",
    "preview",
    "receive",
    "recover",
    "refund",
    "refund_return",
    "reject",
    "release_hold",
    "remember",
    "request_return",
    "shelve",
    "ship",
    "show",
    "unpack",
    "wait_until_settled",
    "withdraw",
]


class OrdersService(Orders):
    """Answers the other contexts."""

    def order(self, *, order: UUID) -> Order:
        return show(order=order)
