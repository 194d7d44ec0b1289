"""Settings of the shop in a town that has a bakery, whose ledger tells what was done and when."""

from config.settings.development import *  # noqa: F403
from config.settings.development import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "apps.bakery"]
