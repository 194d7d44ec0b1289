"""Finding a cart again that Redis has lost: stock still knows what it keeps aside for whom."""

from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings

from apps.stock.interface import Hold, stock
from commerce import clock, ids

from .. import store
from ..domain import Document, Wanted

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def find_again(cart: UUID) -> Document | None:
    """Rebuild a lost cart from its holds; None if it holds nothing.

    SKUs and quantities come back; a bundle comes back as its parts, and what was typed is gone.
    """
    holds = stock.holds(cart=cart)
    if not holds:
        return None
    with store.Turn(cart) as turn:
        return turn.found or turn.keep(rebuilt(cart, holds))


def rebuilt(cart: UUID, holds: tuple[Hold, ...]) -> Document:
    """Make a document of holds."""
    lines = tuple(Wanted(ids.new(), hold.sku, hold.quantity, (hold.sku,)) for hold in holds)
    return blank(cart, lines)


def blank(cart: UUID, lines: tuple[Wanted, ...] = ()) -> Document:
    """Begin a lost cart anew, at a version that it cannot have had: seconds outrun changes."""
    return Document(
        id=cart,
        version=int((clock.now() - BEGINNING).total_seconds()),
        currency=settings.CURRENCIES[0],
        locale=settings.LANGUAGE_CODE,
        lines=lines,
    )
