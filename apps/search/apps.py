"""Makes the search context known to Django."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """The search context."""

    name = "apps.search"

    def ready(self) -> None:
        """Make the service known to the door."""
        from . import interface  # noqa: F401, PLC0415
