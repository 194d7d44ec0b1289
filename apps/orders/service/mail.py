"""Tells the shopper by e-mail that the order is confirmed, at most once, in his language."""

from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any
from uuid import UUID

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from ..interface import Order as Shown
from ..interface import Status
from ..models import Effect
from .change import note
from .confirm import WORKER
from .show import show

CONFIRMATION = "confirmation mail"
DECLINED = (SMTPResponseException, SMTPRecipientsRefused)  # the server said no: nothing was sent


def mail_confirmation(*, order: UUID) -> None:
    """Send the confirmation to an address, if there is one, unless it was or may have been sent.

    The right to send is taken after the mail server was reached and before the message goes out.
    So a server that is down or declines is tried again, and a crash between taking the right and
    the end of sending means at most one message, perhaps none: the order's story then lacks the
    step "confirmation sent", and its status page says the same as the mail would have.
    """
    shown = show(order=order)
    if not shown.email or shown.status is Status.CANCELLED:
        return
    message = confirmation(shown)
    with get_connection() as server:
        _, first_time = Effect.objects.get_or_create(order_id=order, kind=CONFIRMATION)
        if not first_time:
            return
        try:
            server.send_messages([message])
        except DECLINED:
            Effect.objects.filter(order_id=order, kind=CONFIRMATION).delete()
            raise
    with transaction.atomic():
        note(order, actor=WORKER, what="confirmation sent", why=shown.email)


def confirmation(order: Shown) -> EmailMessage:
    """Write the message."""
    with translation.override(order.locale):
        words = confirmation_words(order)
        subject = render_to_string("orders/mail/confirmation_subject.txt", words)
        body = render_to_string("orders/mail/confirmation.txt", words)
    return EmailMessage(subject=" ".join(subject.split()), body=body, to=[order.email])


def confirmation_words(order: Shown) -> dict[str, Any]:
    """Give the templates plain values, with amounts as the reader writes them."""
    return {
        "number": order.number,
        "lines": [
            {
                "name": line.name,
                "options": ", ".join(line.options.values()),
                "quantity": line.quantity,
                "total": line.before.format(order.locale),
            }
            for line in order.lines
        ],
        "goods": order.goods.format(order.locale),
        "discounts": [
            {"name": each.name, "amount": each.amount.format(order.locale)}
            for each in order.discounts
        ],
        "shipping": order.sending.format(order.locale) if order.address else "",
        "tax": order.tax.format(order.locale),
        "grand": order.grand.format(order.locale),
        "cards": [
            {"hint": paid.hint, "amount": paid.amount.format(order.locale)} for paid in order.cards
        ],
        "due": order.due.format(order.locale),
        "address": order.address,
    }
