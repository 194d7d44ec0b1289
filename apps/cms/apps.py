"""Makes the cms context known to Django."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    """The cms context."""

    name = "apps.cms"

    def ready(self) -> None:
        """Make the service known to the door."""
        from . import interface  # noqa: F401
