"""Makes facts and their deliveries known to Django."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The kernel's ledger of what happened."""

    name = "commerce.events"
    verbose_name = "Events"
