"""Where the database, Redis and the broker are: what the environment says, or our own."""

from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from commerce import embedded
from commerce.environment import Environment, refuse

from .. import brokers
from . import base


def database(env: Environment, name: str = "halles") -> dict[str, Any]:
    """Describe the PostgreSQL database to Django; `?host=` names the folder of a socket."""
    url = urlsplit(env.database_url or _ours(name))
    if url.scheme not in {"postgres", "postgresql"}:
        refuse("environment variable DATABASE_URL: expected postgresql://user:password@host/name.")
    return {
        "ENGINE": "commerce.postgres",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": parse_qs(url.query).get("host", [unquote(url.hostname or "")])[0],
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": None,  # a thread keeps its connection; see commerce.postgres
        "OPTIONS": {
            "connect_timeout": 3,
            "application_name": base.PROCESS_NAME,
        },
    }


def redis(env: Environment) -> dict[str, dict[str, Any]]:
    """Give each purpose a Redis database of its own, from the one that REDIS_URL names upwards."""
    try:
        url = urlsplit(env.redis_url or embedded.redis_url(base.HALLES_HOME))
    except embedded.EmbeddedProblem as problem:
        refuse(str(problem))
    local = url.scheme == "unix"
    first = int(parse_qs(url.query).get("db", ["0"])[0] if local else url.path.strip("/") or 0)
    return {
        alias: {
            "LOCATION": (
                f"unix://{url.path}?db={number}"
                if local
                else url._replace(path=f"/{number}").geturl()
            ),
            "TIMEOUT": 0.5,
        }
        for number, alias in enumerate(base.REDIS_ALIASES, first)
    }


def broker(env: Environment, queue: dict[str, Any]) -> str:
    """Return the broker's address; Celery spells a Redis socket in its own way."""
    if env.celery_broker_url:
        scheme = urlsplit(env.celery_broker_url).scheme
        if scheme not in brokers.KINDS:
            known = ", ".join(f"{each}://" for each in brokers.KINDS)
            refuse(f"environment variable CELERY_BROKER_URL: expected one of {known}.")
        return env.celery_broker_url
    url: SplitResult = urlsplit(queue["LOCATION"])
    if url.scheme != "unix":
        return url.geturl()
    return f"redis+socket://{url.path}?virtual_host={parse_qs(url.query)['db'][0]}"


def _ours(name: str) -> str:
    try:
        return embedded.database_url(base.HALLES_HOME, name)
    except embedded.EmbeddedProblem as problem:
        refuse(str(problem))
