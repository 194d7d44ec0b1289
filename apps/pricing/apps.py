"""Makes the pricing context known to Django."""

from django.apps import AppConfig


class PricingConfig(AppConfig):
    """The pricing context."""

    name = "apps.pricing"

    def ready(self) -> None:
        """Make the service known to the door, and its long work to the workers."""
        from . import interface  # noqa: F401
        from .service import works  # noqa: F401
