"""Makes the stock context known to Django."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    """The stock context."""

    name = "apps.stock"

    def ready(self) -> None:
        """Make the service known to the door."""
        from . import interface  # noqa: F401
