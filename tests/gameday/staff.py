"""Relays and workers of a trial's own, to be killed, while those of the shop have the day off."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from commerce import children, roles
from commerce.environment import ROOT
from commerce.proving.house import House
from tests.gameday.shop import Shop

CAREFUL = "config"  # the shop's Celery application
PATIENCE = 300.0  # seconds until workers are there
HANDS = 2  # processes of a worker
THREADS = 3  # of a relay, at least
WORKERS = ("orders",), ("default", "search", "media")


class Staff:
    """Who is at work; whoever has died comes back by `mend`."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.variables = variables
        self.people: list[tuple[list[str], subprocess.Popen[bytes]]] = []

    def come(self, *commands: list[str]) -> None:
        """Start some."""
        self.people += [(command, self._start(command)) for command in commands]

    def wait(self) -> None:
        """Return when every worker has started whoever does the work."""
        give_up = time.monotonic() + PATIENCE
        while not self.all_there("worker"):
            assert time.monotonic() < give_up, "workers do not start"
            time.sleep(0.1)

    def mend(self) -> None:
        """Start again whoever has ended."""
        self.people = [
            (command, each if each.poll() is None else self._start(command))
            for command, each in self.people
        ]

    def go(self) -> None:
        """Send everybody home."""
        for _, each in self.people:
            children.end(each, by=signal.SIGKILL, within=5)
        self.people = []

    def kill(self, word: str) -> bool:
        """Kill somebody at work whose command has this word; says whether there was anybody."""
        chosen = [each for command, each in self.people if word in command and at_work(each.pid)]
        if chosen:
            one = random.choice(chosen)
            children.sweep(one.pid)
            one.wait()
        return bool(chosen)

    def kill_child(self, word: str) -> None:
        """Kill a process that somebody has started to do the work."""
        alive = [each.pid for command, each in self.people if word in command]
        found = [child for parent in alive for child in started_by(parent)]
        if found:
            with suppress(ProcessLookupError):
                os.kill(random.choice(found), signal.SIGKILL)

    def all_there(self, word: str) -> bool:
        """Tell whether everybody of a kind is at work."""
        return all(at_work(each.pid) for command, each in self.people if word in command)

    def _start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        return children.spawn(
            command, output=subprocess.DEVNULL, variables=self.variables, folder=ROOT
        )


def at_work(process: int) -> bool:
    """Tell whether a worker has started whoever does the work, or a relay its threads."""
    with suppress(FileNotFoundError):
        threads = len(list(Path(f"/proc/{process}/task").iterdir()))
        return len(started_by(process)) >= HANDS or threads >= THREADS
    return False


def started_by(parent: int) -> list[int]:
    """List the processes that a process has started."""
    with suppress(FileNotFoundError):
        return [*map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]
    return []


@contextmanager
def staff(shop: Shop, **variables: str) -> Iterator[Staff]:
    """Give the relay and the workers of the shop a day off, and have nobody at work yet."""
    place = shop.place
    if isinstance(place, House):
        for word in ("worker", "relay"):
            place.kill_beside(word)
    people = Staff({**place.variables, "HALLES_ORDER_RECOVERY_SECONDS": "3", **variables})
    try:
        yield people
    finally:
        people.go()
        if isinstance(place, House):
            place.mend()


def workers(application: str = CAREFUL) -> list[list[str]]:
    """Write the commands of workers, two processes for orders and two for the rest."""
    return [
        [application if word == CAREFUL else word for word in roles.worker(*queues)]
        for queues in WORKERS
    ]


def relay(*words: str) -> list[str]:
    """Write the command of a relay."""
    return roles.command("relay", *words)


def careless(name: str) -> list[str]:
    """Write the command of somebody who works without a guard, see `tests.gameday.careless`."""
    return [sys.executable, "-m", "tests.gameday.careless", name]
