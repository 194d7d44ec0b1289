"""Real web servers, workers and relays on this test's database, to talk to and to kill."""

import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings as current
from redis import Redis

from commerce import children, embedded, roles
from commerce.environment import ROOT

PATIENCE = 120.0  # seconds until a role is ready


class Process:
    """One role, its log, and whether it is ready."""

    def __init__(self, role: str, variables: Mapping[str, str], log: Path) -> None:
        self.role = role
        self.log = log
        self.port = 0
        self._variables = variables
        self.child = self._start()

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
            if self.child.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"{self.role} is not ready:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    def restart(self) -> None:
        """Start it again after it was killed or stopped."""
        self.child = self._start()
        self.wait()

    def kill(self) -> None:
        """End it and what it started at once, as kill -9 or a power cut would."""
        children.sweep(self.child.pid)
        self.child.wait()

    def stop(self) -> None:
        """Ask it to end in good order."""
        children.end(self.child, by=signal.SIGTERM, within=20)

    def _start(self) -> subprocess.Popen[bytes]:
        with ExitStack() as stack:
            keep = []
            command = _COMMANDS.get(self.role)
            if command is None:
                door = stack.enter_context(roles.listener(self.port))
                self.port = door.getsockname()[1]
                command, keep = roles.web(door), [door.fileno()]
            log = stack.enter_context(self.log.open("wb"))
            return children.spawn(
                command, output=log, variables=self._variables, keep=keep, folder=ROOT
            )


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
    processes: dict[str, Process] = {}
    try:
        for role in role_names:
            processes[role] = Process(role, variables, logs / f"{role}.log")
        for process in processes.values():
            process.wait()
        yield Running(processes)
    finally:
        for process in processes.values():
            process.stop()


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


_COMMANDS = {
    "worker": roles.worker(*roles.QUEUES),
    "worker-orders": roles.worker(roles.QUEUES[0]),
    "worker-default": roles.worker(*roles.QUEUES[1:]),
    "relay": roles.command("relay"),
}


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
