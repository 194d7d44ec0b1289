"""A cart's place in the line of a sale, as its own browser asks for it."""

from uuid import UUID

from apps.stock.interface import BadTicket, NoSale, Place, stock
from commerce import origin


def line_up(cart: UUID, sku: str, *, ticket: str = "") -> Place | None:
    """Take a cart's place, or say how far it has come; None if there is no sale to wait for.

    A ticket of another sale or cart is worth nothing. Raises TooManyPlaces.
    """
    try:
        return stock.line_up(cart=cart, sku=sku, ticket=ticket, origin=origin.block())
    except BadTicket:
        return line_up(cart, sku)
    except NoSale:
        return None
