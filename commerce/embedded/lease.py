"""The client's side: find the keeper of a home, or start it, and stay connected while alive."""

import atexit
import errno
import fcntl
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from commerce.environment import ROOT

from . import place
from .place import Place
from .problems import EmbeddedProblem, in_plain_words

PATIENCE = 300.0  # seconds; PostgreSQL may have much to recover
STOP = 70.0  # seconds

_held: dict[tuple[int, Path], socket.socket] = {}  # by process, since a fork needs its own


def hold(home: Path) -> Place:
    """Make sure the servers of a home answer, and that they go on as long as this process lives."""
    here = place.of(home)
    place.prepare(here)
    line = _held.pop(_key(home), None)
    _held[_key(home)] = _answering(here, line)
    return here


def alive(home: Path) -> bool:
    """Whether the lease of this process still stands; it falls with the keeper."""
    line = _held.get(_key(home))
    return line is not None and not select.select([line], [], [], 0)[0]


def release(home: Path) -> None:
    """Give the lease back before the process ends."""
    line = _held.pop(_key(home), None)
    if line is not None:
        line.close()


def _key(home: Path) -> tuple[int, Path]:
    return os.getpid(), home.resolve()


@atexit.register
def _release_all() -> None:
    while _held:
        _held.popitem()[1].close()


def end(home: Path) -> None:
    """Stop the servers of a home, whoever uses them, and return when no process is left."""
    here = place.of(home)
    release(home)
    line = _connect(here)
    if line is not None:
        with line:
            line.sendall(b"stop\n")
    give_up = time.monotonic() + STOP
    while running(home):
        if time.monotonic() > give_up:
            raise EmbeddedProblem(f"The embedded servers of {home} do not stop; see {here.logs}.")
        time.sleep(0.05)


def running(home: Path) -> bool:
    """Whether a keeper or a server of this home is alive."""
    with in_plain_words(home):
        try:
            lock = os.open(place.of(home).running, os.O_RDONLY)
        except FileNotFoundError:
            return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _answering(here: Place, line: socket.socket | None) -> socket.socket:
    """Return a line to a keeper whose servers are ready: this one, or another if it is dead."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        line = line or _connect(here) or _start(here)
        answer = _ask(line)
        if answer == "ready":
            return line
        line.close()
        line = None
        if answer:
            raise EmbeddedProblem(answer.removeprefix("error "))
    raise EmbeddedProblem(f"The embedded servers of {here.home} do not answer; see {here.logs}.")


def _ask(line: socket.socket) -> str:
    """Return the keeper's answer, or nothing if the keeper has left."""
    line.settimeout(PATIENCE)
    with suppress(OSError):  # it may have left already; what it said is still to be read
        line.sendall(b"ready\n")
    try:
        return line.recv(2000).decode().strip()
    except OSError:
        return ""


def _connect(here: Place) -> socket.socket | None:
    line = socket.socket(socket.AF_UNIX)
    refused = line.connect_ex(str(here.door))
    if not refused:
        return line
    line.close()
    if refused not in (errno.ENOENT, errno.ECONNREFUSED):
        with in_plain_words(here.home):
            raise OSError(refused, os.strerror(refused), str(here.door))
    return None


def _start(here: Place) -> socket.socket:
    """Start a keeper unless somebody did so in the meantime; it listens on our socket at once."""
    with _starting(here):
        line = _connect(here)
        if line is not None:
            return line
        here.door.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(here.door))
            door.listen(128)
            line = _connect(here)  # before the keeper can leave, so that it tells us why
            _detach_keeper(here, door)
    if line is None:
        raise EmbeddedProblem(
            f"The embedded servers did not start; see {here.logs / 'keeper.log'}."
        )
    return line


@contextmanager
def _starting(here: Place) -> Iterator[None]:
    with in_plain_words(here.home), here.starting.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _detach_keeper(here: Place, door: socket.socket) -> None:
    number = door.fileno()
    with (here.logs / "keeper.log").open("ab") as log:
        subprocess.run(
            [sys.executable, "-m", "commerce.embedded.keeper", str(here.home), str(number)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])},
            pass_fds=[number],
            start_new_session=True,
            check=False,
        )
