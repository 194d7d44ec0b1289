"""Makes the cart context known to Django."""

from django.apps import AppConfig


class CartConfig(AppConfig):
    """The cart context."""

    name = "apps.cart"

    def ready(self) -> None:
        """Make the service and its handlers known."""
        from . import handlers, interface  # noqa: F401
