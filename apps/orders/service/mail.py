"""Tells the shopper by e-mail how an order goes on: each letter at most once, in his language."""

from collections.abc import Iterable
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any
from uuid import UUID

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import translation

from commerce import ids
from commerce.postgres import ask

from ..interface import Order as Shown
from ..interface import Status, UnknownOrder
from ..models import Effect, Shipment
from . import letters
from .change import note
from .confirm import WORKER
from .intents import ON_DISK
from .show import show, show_all

CONFIRMATION = "confirmation"
SHIPPED = "shipped"
DELIVERED = "delivered"
CANCELLED = "cancelled"
REFUNDED = "refunded"
APPROVED = "return approved"
DECLINED = (SMTPResponseException, SMTPRecipientsRefused)  # the server said no: nothing was sent
TAKE = f"""
WITH disk AS ({ON_DISK})
INSERT INTO orders_effect (order_id, kind) SELECT %s::uuid, %s FROM disk
ON CONFLICT DO NOTHING RETURNING id
"""


def mail_confirmation(orders: Iterable[UUID]) -> None:
    """Tell what was bought, unless the order was cancelled meanwhile."""
    found = [each for each in show_all(orders) if each.status is not Status.CANCELLED]
    if any(order.email for order in found):
        with get_connection() as server:
            for order in found:
                send_by(server, order, CONFIRMATION, letters.confirmation(order))


def mail_shipment(*, shipment: UUID, kind: str) -> None:
    """Tell that a parcel is on its way, or has arrived."""
    order = Shipment.objects.values_list("order_id", flat=True).get(pk=shipment)
    shown = show(order=order)
    parcel = next(each for each in shown.shipments if each.id == shipment)
    send(shown, kind, letters.shipment(shown, parcel), of=parcel.number)


def mail_cancelled(*, order: UUID) -> None:
    """Tell that the order was cancelled, and what becomes of its money."""
    shown = show(order=order)
    send(shown, CANCELLED, letters.cancelled(shown))


def mail_refund(*, order: UUID, key: str) -> None:
    """Tell that money of an order was given back, if it was for something we decided."""
    try:
        shown = show(order=order)
    except UnknownOrder:
        return
    for refund in shown.refunds:
        if ids.public("ref", refund.id) == key:
            send(shown, REFUNDED, letters.refunded(shown, refund), of=key)


def mail_return(*, order: UUID, parcel: UUID) -> None:
    """Tell that goods may be sent back."""
    shown = show(order=order)
    found = next(each for each in shown.returns if each.id == parcel)
    send(shown, APPROVED, letters.approved(shown, found), of=found.number)


def send(order: Shown, kind: str, words: dict[str, Any], *, of: str = "") -> None:
    """Send a letter to an address, if there is one, unless it was or may have been sent."""
    if order.email:
        with get_connection() as server:
            send_by(server, order, kind, words, of=of)


def send_by(
    server: BaseEmailBackend, order: Shown, kind: str, words: dict[str, Any], *, of: str = ""
) -> None:
    """Send a letter by a mail server that was reached.

    The right to send is taken after that and before the message goes out. So a server that is down
    or declines is tried again, and a crash between taking the right and the end of sending means at
    most one message, perhaps none: the order's story then lacks the step "... sent", and its status
    page says the same as the mail would have.
    """
    if not order.email:
        return
    message, effect = letter(order, kind, words), f"{kind} mail {of}".strip()
    if not ask(TAKE, order.id, effect):
        return
    try:
        server.send_messages([message])
    except DECLINED:
        Effect.objects.filter(order_id=order.id, kind=effect).delete()
        raise
    note(order.id, actor=WORKER, what=f"{kind} sent", why=f"{order.email} {of}".strip())


def letter(order: Shown, kind: str, words: dict[str, Any]) -> EmailMessage:
    """Write the message."""
    name = kind.replace(" ", "_")
    with translation.override(order.locale):
        subject = render_to_string(f"orders/mail/{name}_subject.txt", words)
        body = render_to_string(f"orders/mail/{name}.txt", words)
    return EmailMessage(subject=" ".join(subject.split()), body=body, to=[order.email])
