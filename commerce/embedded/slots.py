"""A database, Redis numbers and a folder of its own for every test process of a checkout."""

import fcntl
import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from . import database_url, redis_url
from .problems import in_plain_words
from .servers import REDIS_DATABASES

NUMBERS = 8  # Redis databases a slot has
MOST = REDIS_DATABASES // NUMBERS

_locks: list[int] = []


def take(home: Path) -> None:
    """Point this process and its children to a free slot; servers are started if none are named.

    Whoever finds a slot of its own parent in the environment shares it, unless it is a worker of
    pytest-xdist.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    if os.environ.get("HALLES_TEST_WORKER") == worker:
        return
    shared = Path(os.environ.setdefault("HALLES_TEST_HOME", str(home / "test")))
    os.environ.setdefault("HALLES_EMBEDDED_FSYNC", "0")
    database = os.environ.get("DATABASE_URL") or database_url(shared, "postgres")
    redis = os.environ.get("REDIS_URL") or redis_url(shared)
    slot = _lock(shared / "slots")
    os.environ |= {
        "HALLES_TEST_WORKER": worker,
        "HALLES_HOME": str(shared / "slots" / str(slot)),
        "DATABASE_URL": urlunsplit(urlsplit(database)._replace(path=f"/test_{slot}")),
        "REDIS_URL": _numbered(redis, slot * NUMBERS),
    }


def _lock(folder: Path) -> int:
    """Take the first number that no living process has; it is free again when this one ends."""
    for slot in range(MOST):
        with in_plain_words(folder):
            (folder / str(slot)).mkdir(parents=True, exist_ok=True)
            lock = os.open(folder / str(slot) / "lock", os.O_RDONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:
            _locks.append(lock)
            return slot
    raise RuntimeError(f"{MOST} test processes at once are too many")


def _numbered(url: str, number: int) -> str:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return urlunsplit(parts._replace(query=f"db={number}"))
    return urlunsplit(parts._replace(path=f"/{number}"))
