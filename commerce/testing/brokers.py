"""Message brokers that only one test uses, so that they may die and lose everything."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from kombu import Connection

from commerce import children, embedded, roles

PATIENCE = 120.0  # seconds until a broker answers
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # of Debian's package


class Broker(Protocol):
    """One broker and its address."""

    url: str

    def kill(self) -> None:
        """End it at once, as kill -9 or a power cut would."""
        ...

    def start(self) -> None:
        """Start it where it was, with what it had on disk."""
        ...

    def forget(self) -> None:
        """Lose every message and queue; while it is down."""
        ...


class Redis:
    """An embedded Redis."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.start()

    def start(self) -> None:
        socket = embedded.redis_url(self.home).removeprefix("unix://")
        self.url = f"redis+socket://{socket}?virtual_host=0"

    def kill(self) -> None:
        embedded.stop(self.home)

    def forget(self) -> None:
        embedded.clear(self.home)


class RabbitMQ:
    """Debian's RabbitMQ on ports of its own; root runs it as nobody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.neighbours, self.names = (free_port() for _ in range(3))
        self.url = f"amqp://guest:guest@{roles.HOST}:{self.port}//"
        self.user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        self.running: list[subprocess.Popen[bytes]] = []
        self.start()

    def start(self) -> None:
        names = ["epmd", "-address", roles.HOST, "-port", str(self.names)]
        self.running = [self._spawn(names), self._spawn([str(RABBITMQ)])]
        wait_for(self.url, self.running[-1])

    def kill(self) -> None:
        for child in self.running:
            children.end(child, by=signal.SIGKILL, within=5)

    def forget(self) -> None:
        shutil.rmtree(self.folder / "messages")

    def _spawn(self, command: list[str]) -> "subprocess.Popen[bytes]":
        return children.spawn(
            command,
            output=subprocess.DEVNULL,
            variables=self._variables(),
            user=self.user,
            dies_by=signal.SIGKILL,
            folder=self.folder,
        )

    def _variables(self) -> dict[str, str]:
        files = {"CONFIG_FILE": "config", "CONF_ENV_FILE": "env", "ENABLED_PLUGINS_FILE": "plugins"}
        files |= {"MNESIA_BASE": "messages", "LOG_BASE": "logs"}
        return {
            "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "ERL_EPMD_ADDRESS": roles.HOST,
            "ERL_EPMD_PORT": str(self.names),
            "RABBITMQ_NODENAME": "halles@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": roles.HOST,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.neighbours),
            "RABBITMQ_ALLOW_INPUT": "1",  # no shell in between
            "RABBITMQ_SERVER_START_ARGS": "-noinput",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}"
            ),
            **{f"RABBITMQ_{name}": str(self.folder / file) for name, file in files.items()},
        }


class Sqs:
    """A stand-in for Amazon's queues, which keeps them in memory."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"sqs://test:test@{roles.HOST}:{self.port}//"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "moto.server", "-H", roles.HOST, "-p", str(self.port)]
        self.running = children.spawn(
            command, output=subprocess.DEVNULL, dies_by=signal.SIGKILL, variables=os.environ
        )
        wait_for(self.url, self.running)

    def kill(self) -> None:
        children.end(self.running, by=signal.SIGKILL, within=5)

    def forget(self) -> None:
        """It has forgotten everything already."""


BROKERS: dict[str, type[Redis | RabbitMQ | Sqs]] = {
    "redis": Redis,
    "rabbitmq": RabbitMQ,
    "sqs": Sqs,
}


@contextmanager
def own_broker(name: str) -> Iterator[Broker]:
    """Run a broker of some kind for one test or module."""
    with tempfile.TemporaryDirectory(prefix=f"halles-{name}-", dir="/tmp") as folder:
        broker = BROKERS[name](Path(folder))
        try:
            yield broker
        finally:
            broker.kill()


def free_port() -> int:
    """Find a port that nobody has."""
    with roles.listener(0) as door:
        return int(door.getsockname()[1])


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Return when a broker answers, or say that it ended instead."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise RuntimeError(f"{url}: the broker ended with {process.returncode}")
        with suppress(Exception), Connection(url) as connection:
            _ = connection.default_channel
            return
        time.sleep(0.1)
    raise RuntimeError(f"{url}: no answer within {PATIENCE:g} s")
