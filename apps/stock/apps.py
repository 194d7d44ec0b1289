"""Makes the stock context known to Django."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    """The stock context."""

    name = "apps.stock"

    def ready(self) -> None:
        """Make the service and the handlers known."""
        from . import handlers, interface  # noqa: F401
