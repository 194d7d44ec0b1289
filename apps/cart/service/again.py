"""More time for all of a cart: holding on once, and holding again what has lapsed."""

from uuid import UUID

from msgspec.structs import replace

from apps.stock.interface import stock

from .. import store
from ..domain import AlreadyExtended, Document, Missing
from ..interface import UnknownCart
from .change import Made, check_open, make
from .fit import Fitted, fitted
from .show import found, holds_of, lapsed_lines
from .sold import Inquiry


def extend(cart: UUID) -> Document:
    """Let what a cart holds last a while longer, which every cart may ask for once."""

    def longer(document: Document) -> Document:
        if document.extended:
            raise AlreadyExtended
        stock.extend(cart=cart)
        return replace(document, extended=True)

    return make(cart, longer).document


def hold_again(cart: UUID) -> tuple[Document, tuple[Missing, ...]]:
    """Keep every lapsed line aside once more, with fewer units where fewer are there.

    A line of which nothing is there stays as it is, so that the shopper decides.
    """
    found(cart)
    with store.Turn(cart) as turn:
        if turn.found is None:
            raise UnknownCart(cart=cart)
        check_open(turn.found, None)
        inquiry = Inquiry()
        inquiry.go_with(turn)
        done = renewed(turn.found, inquiry)
        if done.made.document == turn.found:
            return turn.found, done.missing
        return turn.keep(done.made.document), done.missing


def renewed(document: Document, inquiry: Inquiry) -> Fitted:
    """Have what lapsed kept aside anew."""
    sold = inquiry.offered((line.sku for line in document.lines), document.currency)
    lapsed = lapsed_lines(document, sold, holds_of(document))
    if not lapsed:
        return Fitted(Made(document, {}), ())
    lines = (replace(line, held=()) if line in lapsed else line for line in document.lines)
    return fitted(document, replace(document, lines=tuple(lines), extended=False), inquiry)
