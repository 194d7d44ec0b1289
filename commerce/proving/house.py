"""Where a proof takes place: in a shop of its own, of which anything may be killed, or as a guest.

A guest kills nothing. It is at the `--url` of a running system whose settings this process has.
"""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import psycopg
from django.conf import settings
from django.db import connection
from redis import Redis

from commerce import children, embedded, roles
from commerce.environment import ROOT
from commerce.rest.keys import storefront_key

from . import CannotRun, Say

PATIENCE = 120.0  # seconds until a role is ready
ELSEWHERE = re.compile("DATABASE_URL|REDIS_URL|CELERY_BROKER_URL|HALLES_SERVICES|HALLES_TEST_.*")


class Place(Protocol):
    """Where a proof takes place."""

    url: str
    key: str
    kills: Mapping[str, Callable[[], None]]

    def connect(self) -> "psycopg.Connection[Any]":
        """Open a connection to the truth."""
        ...

    def sell(self, sku: str, units: int) -> None:
        """Put something on the shelf, at a price."""
        ...

    def leave(self, sku: str) -> None:
        """Clean up."""
        ...


class Guest:
    """A running system; the proof brings its own SKU and takes it off the shelf afterwards."""

    kills: Mapping[str, Callable[[], None]] = {}

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.key = storefront_key()
        if not answers(self.url):
            raise CannotRun(f"Nothing answers at {self.url}/api.")

    def connect(self) -> "psycopg.Connection[Any]":
        """Open a connection to the database of this process's settings."""
        parameters = connection.get_connection_params()
        return psycopg.connect(**parameters, autocommit=True)

    def sell(self, sku: str, units: int) -> None:
        """Import the SKU."""
        bring(sku, units, online=True, variables=os.environ)

    def leave(self, sku: str) -> None:
        """Put back what is held, and take the SKU out of the shop."""
        with self.connect() as truth:
            carts = truth.execute("SELECT cart FROM stock_hold WHERE sku = %s", [sku]).fetchall()
            for (cart,) in carts:
                truth.execute("SELECT stock_release(%s)", [cart])
        bring(sku, 0, online=False, variables=os.environ)


class House:
    """A shop of the proof's own in a new folder, which is gone afterwards."""

    def __init__(
        self, say: Say, *besides: list[str], home: Path | None = None, **variables: str
    ) -> None:
        """Open it: the web role, and whatever commands are to run `besides`."""
        self.home = home or Path(tempfile.mkdtemp(prefix="halles-proof-", dir="/tmp"))
        self.home.chmod(0o711)
        self.key = storefront_key()
        self.url = ""
        self.running: list[subprocess.Popen[bytes]] = []
        self.besides: dict[int, list[str]] = {}  # by place in `running`, what started it
        self.variables = {
            **{name: each for name, each in os.environ.items() if not ELSEWHERE.fullmatch(name)},
            "DJANGO_SETTINGS_MODULE": "config.settings.development",
            "SECRET_KEY": settings.SECRET_KEY,
            "HALLES_HOME": str(self.home),
            "HALLES_PROXIES": "1",  # every buyer has an address
            **variables,
        }
        self.kills: Mapping[str, Callable[[], None]] = {
            "web": self.kill_web,
            "redis": self.kill_redis,
            "postgres": self.kill_postgres,
            "worker": partial(self.kill_beside, "worker"),
            "relay": partial(self.kill_beside, "relay"),
        }
        try:
            self._open(say, besides)
        except BaseException:
            self.leave("")
            raise

    def connect(self) -> "psycopg.Connection[Any]":
        """Open a connection to the house's database."""
        return psycopg.connect(self.database, autocommit=True)

    def sell(self, sku: str, units: int) -> None:
        """Import the SKU."""
        bring(sku, units, online=True, variables=self.variables)

    def leave(self, sku: str) -> None:
        """Close and remove the house."""
        for role in self.running:
            children.end(role, by=signal.SIGTERM, within=10)
        embedded.clear(self.home)
        shutil.rmtree(self.home, ignore_errors=True)

    def kill_web(self) -> None:
        """End one of the web role's processes."""
        listed = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text().split()
        if listed:
            os.kill(int(random.choice(listed)), signal.SIGKILL)

    def kill_redis(self) -> None:
        """End Redis; the keeper starts it again."""
        with Redis.from_url(self.redis) as client:
            os.kill(client.info("server")["process_id"], signal.SIGKILL)

    def kill_postgres(self) -> None:
        """Crash PostgreSQL, as `pg_ctl stop -m immediate` does; the keeper starts it again."""
        with self.connect() as truth:
            [pid] = truth.execute("SELECT pg_backend_pid()").fetchone() or [0]
            status = Path(f"/proc/{pid}/status").read_text()
        [server] = [line.split()[1] for line in status.splitlines() if line.startswith("PPid:")]
        os.kill(int(server), signal.SIGQUIT)

    def kill_beside(self, word: str) -> None:
        """End what runs beside the web role and has this word in its command; see `mend`."""
        for place, command in self.besides.items():
            if word in command:
                children.sweep(self.running[place].pid)

    def mend(self) -> None:
        """Start again what ran beside the web role and has ended."""
        for place, command in self.besides.items():
            if self.running[place].poll() is not None:
                self.running[place] = self._spawn(command)

    def _open(self, say: Say, besides: tuple[list[str], ...]) -> None:
        say("starting PostgreSQL and Redis of its own")
        self.database = embedded.database_url(self.home)
        self.redis = embedded.redis_url(self.home)
        say("preparing the database (a minute at most)")
        manage("migrate", "--verbosity", "0", variables=self.variables)
        say("opening the shop")
        with roles.listener(0) as door:
            self.url = f"http://{roles.HOST}:{door.getsockname()[1]}"
            self.web = self._start(roles.web(door), keep=[door.fileno()])
        for command in besides:
            self.besides[len(self.running)] = command
            self._start(command)
        give_up = time.monotonic() + PATIENCE
        while not answers(self.url):
            if self.web.poll() is not None or time.monotonic() > give_up:
                raise CannotRun(f"The web role did not start: {self._said()}")
            time.sleep(0.1)

    def _start(self, command: list[str], keep: list[int] | None = None) -> subprocess.Popen[bytes]:
        started = self._spawn(command, keep)
        self.running.append(started)
        return started

    def _spawn(self, command: list[str], keep: list[int] | None = None) -> subprocess.Popen[bytes]:
        with (self.home / "roles.log").open("ab") as log:
            return children.spawn(
                command, output=log, variables=self.variables, keep=keep or [], folder=ROOT
            )

    def _said(self) -> str:
        return (self.home / "roles.log").read_text(errors="replace")[-500:]


def bring(sku: str, units: int, *, online: bool, variables: Mapping[str, str]) -> None:
    """Import a SKU that needs no sending, with a price and a count."""
    row = {
        "key": sku,
        "kind": "virtual",
        "name": {"en": f"Proof {sku}", "fr": f"Preuve {sku}"},
        "slug": sku.lower(),
        "online": online,
        "visibility": "nowhere",
        "variants": [{"sku": sku}],
        "prices": [{"sku": sku, "currency": "EUR", "amount": "10.00"}],
        "stock": {sku: units},
    }
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
        json.dump(row, file)
        file.flush()
        manage("import_products", file.name, "--format", "ndjson", variables=variables)


def manage(*words: str, variables: Mapping[str, str]) -> None:
    """Run a management command, or say what it said."""
    command = [sys.executable, "-m", "django", *words]
    done = subprocess.run(
        command, env=variables, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-500:]
        raise CannotRun(f"`manage.py {' '.join(words)}` failed: {said}")


def answers(url: str) -> bool:
    """Whether the API of a shop answers."""
    try:
        with urllib.request.urlopen(f"{url}/api", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
