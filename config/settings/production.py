"""Servers that exist: every secret and address comes from the environment."""

from commerce import environment

from . import base

for name in ("secret_key", "database_url", "redis_url", "halles_service_secrets"):
    if not getattr(base.ENV, name):
        environment.refuse(f"environment variable {name.upper()} is not set.")

from .development import *  # noqa: E402, F403

TEST_PAYMENTS = base.TEST_PAYMENTS
WHITENOISE_USE_FINDERS = False
