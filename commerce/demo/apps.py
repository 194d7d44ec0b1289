"""The demo house as a Django app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Nothing to set up: the app exists for its commands."""

    name = "commerce.demo"
    label = "demo"
