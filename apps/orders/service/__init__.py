"""Takes orders quickly, never loses one, and turns each into a real one: one verb a file.

Pages call `precheck` and `place` with a `Wish`; both say everything that is wrong at once.
"""

from uuid import UUID

from ..interface import Order, Orders
from .archive import archive_finished, archived, bring_back
from .cancel import NotCancellable, cancel, give_back
from .capture import NotAwaited, capture, mark_paid
from .confirm import WORKER, confirm
from .downloads import Fetch, Gone, NotFetchable, UnknownGrant, fetch, grant_downloads, rights_of
from .edit import apply, free_part, preview, withdraw
from .find import find
from .hold import hold, release_hold
from .invoice import document_refunds, documents_of, invoice, invoices_of
from .links import document_path, download_path, order_path
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
from .papers import documents_pdf, labels_pdf, slips_pdf
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
    "Fetch",
    "Findings",
    "Gone",
    "NotAwaited",
    "NotCancellable",
    "NotFetchable",
    "OrdersService",
    "UnknownGrant",
    "apply",
    "approve",
    "archive_finished",
    "archived",
    "bring_back",
    "cancel",
    "capture",
    "confirm",
    "deliver",
    "document_path",
    "document_refunds",
    "documents_of",
    "documents_pdf",
    "download_path",
    "fetch",
    "find",
    "free_part",
    "give_back",
    "grant_downloads",
    "hear_of_refund",
    "hold",
    "invoice",
    "invoices_of",
    "labels_pdf",
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
    "rights_of",
    "shelve",
    "ship",
    "show",
    "slips_pdf",
    "unpack",
    "wait_until_settled",
    "withdraw",
]


class OrdersService(Orders):
    """Answers the other contexts."""

    def order(self, *, order: UUID) -> Order:
        return show(order=order)
