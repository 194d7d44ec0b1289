"""A cart that waits for its payment: until that is done, neither it nor its prices change."""

from uuid import UUID

from msgspec.structs import replace

from commerce import clock

from .. import store
from ..domain import FROZEN, Document, Freeze, Frozen, UnknownSku
from .change import make
from .show import found, shown


def freeze(cart: UUID) -> Document:
    """Freeze a cart at what it costs now; one that is frozen stays as it is, and for as long.

    Raises UnknownSku for something that is sold no more.
    """

    def frozen(document: Document) -> Document:
        contents = shown(document)
        for line in contents.gone:
            raise UnknownSku(line.sku)
        until = clock.now() + FROZEN
        return replace(document, shipping=contents.shipping, freeze=Freeze(until, contents.quote))

    try:
        return make(cart, frozen).document
    except Frozen:
        return found(cart)


def thaw(cart: UUID) -> None:
    """Let a cart change again."""
    found(cart)
    with store.Turn(cart) as turn:
        if turn.found is not None and turn.found.freeze is not None and turn.found.order is None:
            turn.keep(replace(turn.found, freeze=None))
