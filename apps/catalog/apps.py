"""Makes the catalog context known to Django."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The catalog context."""

    name = "apps.catalog"

    def ready(self) -> None:
        """Make the service known to the door, and its long work to the workers."""
        from . import interface  # noqa: F401
        from .service import gather, move  # noqa: F401
