"""Finding a cart again that Redis has lost: stock still knows what it keeps aside for whom."""

from uuid import UUID

from django.conf import settings

from apps.stock.interface import stock
from commerce import ids

from .. import store
from ..domain import Document, Wanted


def find_again(cart: UUID) -> Document | None:
    """Rebuild a lost cart from its holds; None if it holds nothing.

    SKUs and quantities come back; a set comes back as its parts, and what was typed is gone.
    """
    lines = tuple(Wanted(ids.new(), hold.sku, hold.quantity) for hold in stock.holds(cart=cart))
    if not lines:
        return None
    document = Document(
        id=cart, currency=settings.CURRENCIES[0], locale=settings.LANGUAGE_CODE, lines=lines
    )
    try:
        return store.save(document)
    except store.Changed as other:
        return other.newest
