"""What a cart says besides its lines: who buys, where it goes, how it is sent, in which money."""

from uuid import UUID

from msgspec.structs import replace

from apps.customers.interface import Address
from apps.pricing.interface import ShippingOption, pricing

from ..domain import Document, Frozen
from ..interface import Contents
from .change import make
from .freeze import thaw
from .show import draft, found, quoted, shown


def patch(cart: UUID, *, expected: int | None, fields: dict[str, object]) -> Document:
    """Change some fields of the document; the caller has checked them."""
    return make(cart, lambda document: replace(document, **fields), expected=expected).document


def note(cart: UUID, *, email: str, address: Address | None, shipping: str | None) -> Contents:
    """Write down who buys, where to and how it is sent; a way that does not go there is dropped.

    Somebody who begins to check out anew pays what it costs by then.
    """

    def noted(document: Document) -> Document:
        told = replace(document, email=email, address=address, shipping=shipping)
        return told if goes_there(told) else replace(told, shipping=None)

    try:
        return shown(make(cart, noted).document)
    except Frozen:
        thaw(cart)
    return shown(make(cart, noted).document)


def shipping_options(cart: UUID) -> tuple[ShippingOption, ...]:
    """List how a cart can be sent to its address, or in the shop's own country."""
    return ways(found(cart))


def ways(document: Document) -> tuple[ShippingOption, ...]:
    """List how what is still sold of a cart can be sent."""
    priced, _ = quoted(replace(document, shipping=None))
    return pricing.shipping_options(cart=draft(priced))


def goes_there(document: Document) -> bool:
    """Tell whether the way of sending a cart names can be used for it."""
    return document.shipping is None or document.shipping in {w.code for w in ways(document)}
