"""Makes the customers context known to Django."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """The customers context."""

    name = "apps.customers"

    def ready(self) -> None:
        """Make the service and its handlers known."""
        from . import handlers, interface  # noqa: F401
