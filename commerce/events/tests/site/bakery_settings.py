from config.settings.test import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "apps.bakery"]  # noqa: F405
