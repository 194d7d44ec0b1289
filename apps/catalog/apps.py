"""Makes the catalog context known to Django."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The catalog context."""

    name = "apps.catalog"

    def ready(self) -> None:
        """Make the service known to the door."""
        from . import interface  # noqa: F401
