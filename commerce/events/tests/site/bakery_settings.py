"""A small town: the kernel's facts and one bakery, quick to start."""

import os

from config.settings.test import *  # noqa: F403

CONTEXTS = []
SERVICES = {
    "bakery": {
        "BACKEND": "commerce.services.http.Remote",
        "LOCATION": os.environ.get("BAKERY", "http://127.0.0.1:1"),
    }
}
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
