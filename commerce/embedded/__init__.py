"""Real PostgreSQL and Redis for a machine that has neither: there when needed, gone afterwards.

The first process that asks starts them, all processes of one home share them, and they stop soon
after the last of these has ended.
"""

from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from . import lease, place
from .lease import alive, running
from .place import Place
from .problems import EmbeddedProblem, disk_full, in_plain_words, is_full
from .servers import ROLE

__all__ = [
    "EmbeddedProblem",
    "alive",
    "clear",
    "database_url",
    "disk_full",
    "in_plain_words",
    "is_full",
    "redis_url",
    "running",
    "stop",
]


def database_url(home: Path, name: str = "halles") -> str:
    """Return the address of a database in the PostgreSQL of this home, both made if missing."""
    here = lease.hold(home)
    try:
        _make_database(here, name)
    except psycopg.OperationalError as problem:
        reason = f"PostgreSQL says: {problem} See {here.logs}."
        raise EmbeddedProblem(disk_full(home) if is_full(home) else reason) from problem
    return _database_url(here, name)


def redis_url(home: Path) -> str:
    """Return the address of the Redis of this home, started if necessary."""
    here = lease.hold(home)
    return f"unix://{quote(str(here.sockets / 'redis.sock'))}"


def stop(home: Path) -> None:
    """Stop the servers of a home even if somebody uses them; return when they are gone."""
    lease.end(home)


def clear(home: Path) -> None:
    """Stop the servers of a home and remove everything they kept."""
    stop(home)
    place.clear(place.of(home))


def _database_url(here: Place, name: str) -> str:
    return f"postgresql://{ROLE}@/{name}?host={quote(str(here.sockets))}"


def _make_database(here: Place, name: str) -> None:
    with psycopg.connect(_database_url(here, "postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            try:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                return  # another process was faster
