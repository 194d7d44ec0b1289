"""Where an order is followed: a link that proves who was given it."""

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from commerce import ids
from commerce.proof import prove


def order_path(order: UUID, page: str = "order") -> str:
    """The page by which a shopper follows an order without signing in, in the reader's language.

    What is asked for there is sent to a page of its own, behind the same proof.
    """
    path = reverse(page, args=[ids.public("ord", order)])
    return f"{path}?{urlencode({'key': prove('order', order)})}"


def document_path(order: UUID, number: str, page: str = "order-document") -> str:
    """The page of an invoice or a credit note, or its file, behind the same proof."""
    path = reverse(page, args=[ids.public("ord", order), number])
    return f"{path}?{urlencode({'key': prove('order', order)})}"


def download_path(grant: UUID) -> str:
    """Where a bought file is fetched, by whoever has the link."""
    path = reverse("orders-download", args=[ids.public("dl", grant)])
    return f"{path}?{urlencode({'key': prove('download', grant)})}"


def order_link(order: UUID, locale: str) -> str:
    """The same as a mail needs it."""
    with translation.override(locale):
        return f"{settings.SHOP_URL}{order_path(order)}"
