"""Makes the search context known to Django."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """The search context."""

    name = "apps.search"

    def ready(self) -> None:
        """Make the service and its handlers known."""
        from . import handlers, interface  # noqa: F401
