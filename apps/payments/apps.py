"""Makes the payments context known to Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """The payments context."""

    name = "apps.payments"

    def ready(self) -> None:
        """Make the service known to the door."""
        from . import interface  # noqa: F401
