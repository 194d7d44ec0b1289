"""A small town: the kernel's facts and one bakery, quick to start."""

from config.settings.test import *  # noqa: F403

CONTEXTS = []
SERVICES = {}
INSTALLED_APPS = [
    "commerce",
    "commerce.events",
    "apps.bakery",
    "django.contrib.contenttypes",
    "django.contrib.auth",
]
ROOT_URLCONF = "commerce.events.urls"
MIDDLEWARE = []
TEMPLATES = []
