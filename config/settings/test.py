"""Tests: everything real, only password hashing made cheap and limits lifted."""

from commerce import environment
from commerce.embedded import slots

slots.take(environment.load().halles_home)

from .development import *  # noqa: E402, F403

LIMITS = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True  # look for a file when it is asked for, not in every test client
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405  # a test's threads come and go
