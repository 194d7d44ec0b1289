"""A ticket says which number a cart has in the line of a sale; nobody can make one up."""

from uuid import UUID, uuid5


def text(number: int, proof: str) -> str:
    """Write a ticket."""
    return f"{number}.{proof}"


def read(ticket: str) -> tuple[int, str] | None:
    """Read what a ticket claims, or None for what is no ticket."""
    number, _, proof = ticket.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) <= 15):
        return None
    return int(number), proof


def claim(sale: UUID, cart: UUID, number: int) -> UUID:
    """Name what a ticket proves."""
    return uuid5(sale, f"{cart} {number}")
