"""The ways in which a cart can be paid."""

from uuid import UUID

from apps.cart.interface import cart as carts
from apps.payments.interface import Method
from apps.payments.providers import providers


def methods(cart: UUID) -> tuple[Method, ...]:
    """List what every provider offers, for a cart that exists."""
    carts.contents(cart=cart)
    return tuple(method for provider in providers() for method in provider.offered())
