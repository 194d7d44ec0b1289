"""Finds an order for somebody who knows what only its shopper knows."""

from uuid import UUID

from django.utils.crypto import constant_time_compare

from ..models import Order


def find(*, number: str, email: str) -> UUID | None:
    """Return the order with a number if the address is the one it was ordered with."""
    digits = number.upper().removeprefix("H-")
    if not (digits.isascii() and digits.isdecimal()):
        return None
    known = Order.objects.filter(number=f"H-{digits}", accepted_at__isnull=False)
    found = known.values_list("pk", "email").first()
    order, right = found or (None, "")
    same = constant_time_compare(email.casefold(), right.casefold())
    return order if same and right else None
