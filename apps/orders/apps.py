"""Makes the orders context known to Django."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The orders context."""

    name = "apps.orders"

    def ready(self) -> None:
        """Make the service known to the door."""
        from . import handlers, interface  # noqa: F401
