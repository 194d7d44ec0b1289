"""Makes the payments context known to Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """The payments context."""

    name = "apps.payments"

    def ready(self) -> None:
        """Make the service known to the door, and the handlers to the relay."""
        from . import handlers, interface  # noqa: F401
