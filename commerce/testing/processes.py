"""Real web servers, workers and relays on this test's database, to talk to and to kill."""

import atexit
import json
import os
import signal
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings as current
from redis import Redis

from commerce import children, embedded, roles
from commerce.environment import ROOT

PATIENCE = 120.0  # seconds until a role is ready
THIS_TEST = "PYTEST_CURRENT_TEST"  # differs in every test, and matters to none
NURSERIES = 4  # kept: as many as it takes to build the shop in every way


class Nursery:
    """Forks roles that share an environment; see `commerce.testing.nursery`."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "commerce.testing.nursery", str(theirs.fileno())]
            self._log = tempfile.TemporaryFile()  # noqa: SIM115 -- open as long as it lives
            self._child = children.spawn(
                command, output=self._log, variables=variables, keep=[theirs.fileno()], folder=ROOT
            )
        self._line, self._talk = ours, ours.makefile("rw")

    def ask(self, do: str, **words: Any) -> Any:
        """Have something done, see its verbs."""
        answer = ""
        with suppress(ConnectionError):  # it may have left already; its log says why
            self._talk.write(json.dumps({"do": do, **words}) + "\n")
            self._talk.flush()
            answer = self._talk.readline()
        if not answer:
            self._log.seek(0)
            raise RuntimeError(self._log.read().decode(errors="replace")[-3000:])
        return json.loads(answer)

    def close(self) -> None:
        """End it and what it forked."""
        self._talk.close()
        self._line.close()
        children.end(self._child, by=signal.SIGTERM, within=20)
        self._log.close()


class Process:
    """One role, its log, and whether it is ready."""

    def __init__(self, role: str, nursery: Nursery, log: Path) -> None:
        self.role = role
        self.log = log
        self.port = 0
        self._nursery = nursery
        self._start()

    def ready(self) -> bool:
        """Whether it serves: a page for web, its own word for a worker."""
        match self.role.partition("-")[0]:
            case "web":
                return _answers(f"http://{roles.HOST}:{self.port}/health/live")
            case "worker":
                return " ready." in self.log.read_text(errors="replace")
        return True

    def wait(self) -> None:
        """Return when it is ready, or say what it said if it ends instead."""
        give_up = time.monotonic() + PATIENCE
        while not self.ready():
            if self.ended() or time.monotonic() > give_up:
                raise RuntimeError(f"{self.role} is not ready:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    def ended(self) -> bool:
        """Whether it runs no more."""
        return bool(self._nursery.ask("ended", pid=self._pid)["ended"])

    def restart(self) -> None:
        """Start it again after it was killed or stopped."""
        self._start()
        self.wait()

    def kill(self) -> None:
        """End it and what it started at once, as kill -9 or a power cut would."""
        self._nursery.ask("bury", pid=self._pid)

    def stop(self) -> None:
        """Have it finish what it does and end, or end it."""
        self._nursery.ask("end", pid=self._pid)
        give_up = time.monotonic() + 20
        while not self.ended() and time.monotonic() < give_up:
            time.sleep(0.05)
        self.kill()

    def _start(self) -> None:
        started = self._nursery.ask("start", role=self.role, log=str(self.log), port=self.port)
        self._pid, self.port = started["pid"], started["port"]


class Running:
    """The processes of one test, by role."""

    def __init__(self, processes: dict[str, Process]) -> None:
        self._processes = processes

    @property
    def url(self) -> str:
        """The address of the web role, without a slash at the end."""
        return f"http://{roles.HOST}:{self._processes['web'].port}"

    def kill(self, role: str) -> None:
        """End a role at once, as kill -9 or a power cut would."""
        self._processes[role].kill()

    def stop(self, role: str) -> None:
        """Ask a role to end in good order."""
        self._processes[role].stop()

    def restart(self, role: str) -> None:
        """Start a role again; the web role keeps its port."""
        self._processes[role].restart()

    def log(self, role: str) -> str:
        """What a role has written since it started."""
        return self._processes[role].log.read_text(errors="replace")


@contextmanager
def running(
    *role_names: str,
    settings: str = "config.settings.test",
    env: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """Run roles ("web", "worker", "worker-orders", "worker-default", "relay") on this database.

    The test must commit what they shall see: mark it django_db(transaction=True).
    """
    variables = os.environ | {"DJANGO_SETTINGS_MODULE": settings} | dict(env or {})
    logs = Path(tempfile.mkdtemp(prefix="logs-", dir=current.HALLES_HOME))
    nursery = _nursery(variables)
    processes: dict[str, Process] = {}
    try:
        for role in role_names:
            processes[role] = Process(role, nursery, logs / f"{role}.log")
        for process in processes.values():
            process.wait()
        yield Running(processes)
    finally:
        for process in processes.values():
            process.kill()  # nobody waits any more for what they do


class OwnRedis:
    """A Redis that only this test uses, so that it may lose everything."""

    def __init__(self, home: Path) -> None:
        self.url = embedded.redis_url(home)

    def kill(self) -> None:
        """End the server at once; an empty one takes its place within a second."""
        with Redis.from_url(self.url) as client:
            os.kill(client.info("server")["process_id"], signal.SIGKILL)


@contextmanager
def own_redis() -> Iterator[OwnRedis]:
    """Start a Redis for one test: `running(..., env={"REDIS_URL": redis.url})`."""
    with tempfile.TemporaryDirectory(prefix="halles-", dir="/tmp") as folder:
        home = Path(folder)
        try:
            yield OwnRedis(home)
        finally:
            embedded.clear(home)


_nurseries: dict[frozenset[tuple[str, str]], Nursery] = {}  # the one used last comes last


def _nursery(variables: Mapping[str, str]) -> Nursery:
    """Find the nursery of an environment, or start one in the place of the oldest."""
    key = frozenset((name, word) for name, word in variables.items() if name != THIS_TEST)
    nursery = _nurseries.pop(key, None) or Nursery(variables)
    _nurseries[key] = nursery
    if len(_nurseries) > NURSERIES:
        _nurseries.pop(next(iter(_nurseries))).close()
    return nursery


@atexit.register
def _close_nurseries() -> None:
    while _nurseries:
        _nurseries.popitem()[1].close()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
