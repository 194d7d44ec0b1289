from django.apps import AppConfig


class BakeryConfig(AppConfig):
    name = "apps.bakery"

    def ready(self) -> None:
        from commerce.events import pulse

        from . import handlers  # noqa: F401

        pulse.BEAT, pulse.STUCK = 0.2, 2.0
