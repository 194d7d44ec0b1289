"""The demo house as a Django app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "commerce.demo"
    label = "demo"
