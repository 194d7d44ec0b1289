"""Tells the shopper by e-mail how an order goes on: each letter at most once, in his language."""

from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any
from uuid import UUID

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from commerce import ids

from ..interface import Order as Shown
from ..interface import Status, UnknownOrder
from ..models import Effect, Shipment
from . import letters
from .change import note
from .confirm import WORKER
from .show import show

CONFIRMATION = "confirmation"
SHIPPED = "shipped"
DELIVERED = "delivered"
CANCELLED = "cancelled"
REFUNDED = "refunded"
APPROVED = "return approved"
DECLINED = (SMTPResponseException, SMTPRecipientsRefused)  # the server said no: nothing was sent


def mail_confirmation(*, order: UUID) -> None:
    """Tell what was bought, unless the order was cancelled meanwhile."""
    shown = show(order=order)
    if shown.status is not Status.CANCELLED:
        send(shown, CONFIRMATION, letters.confirmation(shown))


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
    """Send a letter to an address, if there is one, unless it was or may have been sent.

    The right to send is taken after the mail server was reached and before the message goes out.
    So a server that is down or declines is tried again, and a crash between taking the right and
    the end of sending means at most one message, perhaps none: the order's story then lacks the
    step "... sent", and its status page says the same as the mail would have.
    """
    if not order.email:
        return
    message, effect = letter(order, kind, words), f"{kind} mail {of}".strip()
    with get_connection() as server:
        _, first_time = Effect.objects.get_or_create(order_id=order.id, kind=effect)
        if not first_time:
            return
        try:
            server.send_messages([message])
        except DECLINED:
            Effect.objects.filter(order_id=order.id, kind=effect).delete()
            raise
    with transaction.atomic():
        told = f"{order.email} {of}".strip()
        note(order.id, actor=WORKER, what=f"{kind} sent", why=told)


def letter(order: Shown, kind: str, words: dict[str, Any]) -> EmailMessage:
    """Write the message."""
    name = kind.replace(" ", "_")
    with translation.override(order.locale):
        subject = render_to_string(f"orders/mail/{name}_subject.txt", words)
        body = render_to_string(f"orders/mail/{name}.txt", words)
    return EmailMessage(subject=" ".join(subject.split()), body=body, to=[order.email])
