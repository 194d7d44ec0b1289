"""Makes the shared REST conventions known to Django."""

from django.apps import AppConfig


class RestConfig(AppConfig):
    """API keys and the conventions of every door."""

    name = "commerce.rest"
    label = "rest"
    verbose_name = "API"
