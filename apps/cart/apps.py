"""Makes the cart context known to Django."""

from django.apps import AppConfig


class CartConfig(AppConfig):
    """The cart context."""

    name = "apps.cart"

    def ready(self) -> None:
        """Make the service known to the door."""
        from . import interface  # noqa: F401
