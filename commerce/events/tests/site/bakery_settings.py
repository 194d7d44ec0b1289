"""A small town: the kernel's facts and one bakery, quick to start."""

import os

from config.settings.test import *  # noqa: F403

CONTEXTS = []
SERVICES = {}
if location := os.environ.get("BAKERY"):
    SERVICES["bakery"] = {"BACKEND": "commerce.services.http.Remote", "LOCATION": location}
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
