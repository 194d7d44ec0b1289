"""The ways in which a cart can be paid."""

from uuid import UUID

from apps.cart.interface import cart as carts
from apps.payments.interface import Method
from apps.payments.providers import providers
from commerce.money import Money


def methods(cart: UUID, due: Money | None) -> tuple[Method, ...]:
    """List what every provider offers for what is, or will be, left to pay of a cart."""
    now = carts.contents(cart=cart).quote.due
    taking = (provider for provider in providers() if provider.takes(now if due is None else due))
    return tuple(method for provider in taking for method in provider.offered())
