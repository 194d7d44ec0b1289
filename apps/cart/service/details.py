"""What a cart says besides its lines: who buys, where it goes, how it is sent, in which money."""

from uuid import UUID

from msgspec.structs import replace

from apps.customers.interface import Address
from apps.pricing.interface import NoPrice, NoShipping, pricing

from ..domain import Document
from ..interface import Contents
from .change import make
from .show import basket, shown


def patch(cart: UUID, *, expected: int | None, fields: dict[str, object]) -> Document:
    """Change some fields of the document; the caller has checked them."""
    return make(cart, lambda document: replace(document, **fields), expected=expected).document


def note(cart: UUID, *, email: str, address: Address | None, shipping: str | None) -> Contents:
    """Write down who buys, where to and how it is sent; a way that does not go there is dropped."""

    def noted(document: Document) -> Document:
        told = replace(document, email=email, address=address, shipping=shipping)
        return told if goes_there(told) else replace(told, shipping=None)

    return shown(make(cart, noted).document)


def goes_there(document: Document) -> bool:
    """Tell whether the way of sending a cart names can be used for it."""
    if document.shipping is None:
        return True
    try:
        options = pricing.shipping_options(basket=basket(document))
    except (NoPrice, NoShipping):
        return False
    return document.shipping in {option.code for option in options}
