from django.apps import AppConfig


class BakeryConfig(AppConfig):
    name = "apps.bakery"

    def ready(self) -> None:
        from . import handlers  # noqa: F401
