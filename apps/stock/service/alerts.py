"""Tells those who asked for it when goods are back: one mail each, and then nothing is kept."""

from collections.abc import Iterator
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from apps.catalog.interface import Item, catalog
from commerce import clock, ids
from commerce.events import publish
from commerce.proof import prove, proves

from ..events import BackInStock
from ..models import Alert
from .available import available
from .move import unknown_skus
from .statement import ask, rows

MOST = 20  # alerts of one address
AN_HOUR = 3600  # seconds
MOST_AN_HOUR = 20  # alerts from one caller
AT_ONCE = 100  # people told of a SKU at a time, in the order in which they asked
BATCH = 500  # SKUs
KEPT = timedelta(days=180)

SUBSCRIBE = """
INSERT INTO stock_alert (id, email, sku, locale)
SELECT %s, %s, %s, %s WHERE (SELECT count(*) FROM stock_alert WHERE email = %s) < %s
ON CONFLICT DO NOTHING RETURNING id
"""
WAITING = """
SELECT DISTINCT sku FROM stock_alert WHERE announced_at IS NULL AND sku > %s ORDER BY sku LIMIT %s
"""
ANNOUNCE = """
UPDATE stock_alert SET announced_at = now() WHERE id IN (
    SELECT id FROM stock_alert WHERE sku = %s AND announced_at IS NULL
    ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING id
"""


class UnknownSku(Exception):
    """There is nothing to wait for."""


def subscribe(*, email: str, sku: str, locale: str) -> None:
    """Remember who waits for a SKU; asking twice is asking once, and nobody waits for too much."""
    if unknown_skus([sku]):
        raise UnknownSku
    address = email.strip().lower()
    rows(SUBSCRIBE, ids.new(), address, sku, locale, address, MOST)


def sold(sku: str) -> Item | None:
    """Find what somebody could wait for; a set comes back with its parts, and nobody is told."""
    item = catalog.items(skus=(sku,)).get(sku)
    return item if item and not item.components else None


def waits_for(alert: UUID, token: str) -> str | None:
    """Return the SKU of an alert to whoever has its token; None if there is no such alert."""
    if not proves("alert", alert, token):
        return None
    return Alert.objects.filter(id=alert).values_list("sku", flat=True).first()


def unsubscribe(alert: UUID, token: str) -> bool:
    """Forget an alert; False if the token is not its own."""
    if not proves("alert", alert, token):
        return False
    Alert.objects.filter(id=alert).delete()
    return True


def announce() -> None:
    """Announce what is back of all that somebody waits for, however it came back."""
    for skus in waiting():
        there = available(tuple(skus))
        for sku in skus:
            if there[sku].free > 0 or not there[sku].tracked:
                announce_one(sku)


@transaction.atomic
def announce_one(sku: str) -> None:
    """Announce a SKU to the first who asked."""
    if ask(ANNOUNCE, sku, AT_ONCE):
        publish(BackInStock(sku=sku))


def waiting() -> Iterator[list[str]]:
    """List the SKUs that somebody waits for, some at a time."""
    last = ""
    while skus := [sku for (sku,) in rows(WAITING, last, BATCH)]:
        yield skus
        last = skus[-1]


def mail(sku: str) -> None:
    """Write to those to whom it was announced, and forget each of them before the mail leaves.

    So a crash means at most one mail, perhaps none. What the server declines for good is dropped;
    a server that cannot be reached is tried again.
    """
    told = list(Alert.objects.filter(sku=sku, announced_at__isnull=False).order_by("created_at"))
    item = catalog.items(skus=(sku,)).get(sku) if told else None
    if item is None:
        Alert.objects.filter(id__in=[alert.id for alert in told]).delete()
        return
    with get_connection() as server:
        for alert in told:
            send(server, alert, item)


def send(server: Any, alert: Alert, item: Item) -> None:
    """Send one mail, unless the person has unsubscribed meanwhile."""
    gone, _ = Alert.objects.filter(id=alert.id).delete()
    if not gone:
        return
    try:
        server.send_messages([message(alert, item)])
    except OSError as trouble:
        if not declined(trouble):
            alert.save(force_insert=True)
            raise


def declined(trouble: OSError) -> bool:
    """Tell whether the server said no for good."""
    if isinstance(trouble, SMTPResponseException):
        return trouble.smtp_code >= 500
    return isinstance(trouble, SMTPRecipientsRefused)


def message(alert: Alert, item: Item) -> EmailMessage:
    """Write the mail, with a way out that mail programs know (RFC 8058)."""
    with translation.override(alert.locale):
        leave = page("stock-alert", alert.id, prove("alert", alert.id))
        words = {
            "name": item.name.get(alert.locale) or next(iter(item.name.values()), alert.sku),
            "options": ", ".join(item.options.values()),
            "page": f"{settings.SHOP_URL}{prefix(alert.locale)}/products/{item.slug}",
            "leave": leave,
        }
        subject = render_to_string("stock/mail/back_subject.txt", words)
        body = render_to_string("stock/mail/back.txt", words)
    headers = {
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return EmailMessage(
        subject=" ".join(subject.split()), body=body, to=[alert.email], headers=headers
    )


def page(name: str, *arguments: object) -> str:
    """Write the address of a page of ours as a mail needs it."""
    return f"{settings.SHOP_URL}{reverse(name, args=arguments)}"


def prefix(locale: str) -> str:
    """Write a language as the shop's addresses do."""
    return "" if locale == settings.LANGUAGE_CODE else f"/{locale}"


def forget() -> None:
    """Drop what nobody could be told for half a year."""
    Alert.objects.filter(created_at__lt=clock.now() - KEPT).delete()
