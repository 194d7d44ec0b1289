"""Where the database, Redis and the broker are: what the environment says, or our own."""

from typing import Any
from urllib.parse import unquote, urlsplit

from commerce import embedded
from commerce.environment import Environment, refuse

from . import base


def database(env: Environment, name: str = "halles") -> dict[str, Any]:
    """Describe the PostgreSQL database to Django."""
    url = urlsplit(env.database_url or embedded.database_url(base.HALLES_HOME, name))
    if url.scheme not in {"postgres", "postgresql"}:
        refuse("environment variable DATABASE_URL: expected postgresql://user:password@host/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 10, "timeout": 5},
            "connect_timeout": 3,
            "application_name": base.PROCESS_NAME,
        },
    }


def redis(env: Environment) -> dict[str, dict[str, Any]]:
    """Give each purpose a Redis database of its own."""
    url = (env.redis_url or embedded.redis_url(base.HALLES_HOME)).rstrip("/")
    return {
        alias: {"LOCATION": f"{url}/{number}", "TIMEOUT": 0.5}
        for number, alias in enumerate(base.REDIS_ALIASES)
    }
