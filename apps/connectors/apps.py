"""Makes the connectors context known to Django."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    """The connectors context."""

    name = "apps.connectors"
