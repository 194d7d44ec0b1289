"""Makes the media context known to Django."""

from django.apps import AppConfig


class MediaConfig(AppConfig):
    """The media context."""

    name = "apps.media"

    def ready(self) -> None:
        """Make the service known to the door."""
        from . import interface  # noqa: F401
