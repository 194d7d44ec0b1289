"""The ways in which a cart can be paid."""

from uuid import UUID

from apps.cart.interface import cart as carts
from apps.payments.interface import Method
from apps.payments.providers import providers


def methods(cart: UUID) -> tuple[Method, ...]:
    """List what every provider offers for what is left to pay of a cart."""
    due = carts.contents(cart=cart).quote.due
    taking = (provider for provider in providers() if provider.takes(due))
    return tuple(method for provider in taking for method in provider.offered())
