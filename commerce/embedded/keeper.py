"""The process that runs the servers of one home as long as somebody uses them.

Whoever needs the servers stays connected to the keeper's socket: the connection is the lease,
and the kernel ends it with the process. When nobody has been connected for a while the keeper
stops the servers and leaves. If it is killed the servers stop by themselves.
"""

import fcntl
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from commerce import children, environment

from . import place, servers
from .place import Place
from .problems import EmbeddedProblem, in_plain_words
from .servers import Server

LINGER = 20.0  # seconds without anybody before the servers stop
PREDECESSOR = 60.0  # seconds to wait for servers that are still stopping
STOP = 30.0  # seconds a server gets to write its data
SLOWEST_RESTART = 10.0  # seconds
LONGEST_LOG = 5_000_000  # bytes


@dataclass
class Watched:
    """A server, its process, where its last words begin, and when to try again."""

    server: Server
    child: subprocess.Popen[bytes]
    words: int
    answers: bool = False
    failures: int = 0
    restart_at: float = 0.0


class Keeper:
    """Starts the servers, answers whoever connects, restarts what crashes, stops everything."""

    def __init__(self, here: Place, door: socket.socket) -> None:
        self._here = here
        self._door = door
        self._lock = -1
        self._watched: list[Watched] = []
        self._clients: set[socket.socket] = set()
        self._waiting: set[socket.socket] = set()
        self._last_used = time.monotonic()
        self._leaving = False
        self._selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Keep the servers until nobody uses them, or until told to stop."""
        self._door.setblocking(False)
        self._selector.register(self._door, selectors.EVENT_READ, self._greet)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._leave)
        try:
            self._lock = _lock(self._here)
            self._watched = [self._start(server) for server in _servers(self._here)]
            while not self._leaving:
                self._turn()
        except EmbeddedProblem as problem:
            self._refuse(str(problem))
        finally:
            self._stop()

    def _turn(self) -> None:
        for key, _ in self._selector.select(0.5 if self._ready() else 0.01):
            key.data()
        for each in self._watched:
            self._look_after(each)
        if self._waiting and self._ready():
            self._tell("ready")
        if not self._clients and time.monotonic() - self._last_used > LINGER:
            self._leave()

    def _ready(self) -> bool:
        return all(each.answers for each in self._watched)

    def _start(self, server: Server) -> Watched:
        log = self._here.logs / f"{server.name}.log"
        command = server.command()
        with in_plain_words(self._here.home):
            if log.exists() and log.stat().st_size > LONGEST_LOG:
                log.replace(log.with_suffix(".log.1"))
            with log.open("ab") as output:
                return Watched(server, self._spawn(server, command, output.fileno()), output.tell())

    def _spawn(self, server: Server, command: list[str], output: int) -> subprocess.Popen[bytes]:
        return children.spawn(
            command,
            output=output,
            dies_by=server.stops_by,
            variables=servers.VARIABLES,
            user=self._here.user,
            keep=[self._lock],
        )

    def _look_after(self, each: Watched) -> None:
        if each.restart_at:
            if time.monotonic() >= each.restart_at:
                again = self._start(each.server)
                each.child, each.words, each.restart_at = again.child, again.words, 0.0
        elif each.child.poll() is not None:
            self._bury(each)
        elif not each.answers and each.server.answers(each.child.pid):
            each.answers, each.failures = True, 0

    def _bury(self, dead: Watched) -> None:
        """Try again, ever more slowly; a server that never answered is not tried again."""
        said = self._last_words(dead)
        if not dead.answers:
            sentence = servers.reason(self._here, dead.server.name, said)
            if not dead.failures:
                raise EmbeddedProblem(sentence)
            self._tell(f"error {sentence}")
        dead.answers = False
        dead.failures += 1
        dead.restart_at = time.monotonic() + min(SLOWEST_RESTART, 0.1 * 2**dead.failures)

    def _last_words(self, dead: Watched) -> str:
        with (self._here.logs / f"{dead.server.name}.log").open("rb") as log:
            log.seek(dead.words)
            return log.read().decode(errors="replace")

    def _greet(self) -> None:
        with suppress(BlockingIOError):
            while True:
                client, _ = self._door.accept()
                client.setblocking(False)
                self._selector.register(
                    client, selectors.EVENT_READ, lambda c=client: self._hear(c)
                )
                self._clients.add(client)

    def _hear(self, client: socket.socket) -> None:
        try:
            word = client.recv(64)
        except OSError:
            word = b""
        if word == b"stop\n":
            self._leave()
        elif word == b"ready\n":
            self._waiting.add(client)
        elif not word:
            self._selector.unregister(client)
            self._clients.discard(client)
            self._waiting.discard(client)
            client.close()
            self._last_used = time.monotonic()

    def _tell(self, line: str) -> None:
        for client in self._waiting:
            with suppress(OSError):
                client.send(f"{line}\n".encode())
        self._waiting.clear()

    def _refuse(self, sentence: str) -> None:
        self._greet()
        self._waiting |= self._clients
        self._tell(f"error {sentence}")

    def _leave(self, *_: object) -> None:
        self._leaving = True

    def _stop(self) -> None:
        """Close the door first, so that whoever comes now waits for the next keeper."""
        self._door.close()
        for each in self._watched:
            if each.child.poll() is None:
                each.child.send_signal(each.server.stops_by)
        for each in self._watched:
            children.end(each.child, by=each.server.stops_by, within=STOP)


def _servers(here: Place) -> list[Server]:
    env = environment.load()
    durable = env.halles_embedded_fsync
    postgres = servers.Postgres(here, named=env.halles_postgres_bin, durable=durable)
    postgres.forget_crash()
    return [postgres, servers.Redis(here, durable=durable)]


def _lock(here: Place) -> int:
    """Wait until no process of an earlier keeper is left: they all inherited this lock."""
    lock = os.open(here.running, os.O_RDONLY | os.O_CREAT, 0o600)
    give_up = time.monotonic() + PREDECESSOR
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise EmbeddedProblem(
                    f"Servers of {here.home} from an earlier start do not stop; see {here.logs}."
                ) from None
            time.sleep(0.05)
        else:
            return lock


def main(home: str, door: int) -> None:
    """Leave the starter's side and keep the servers of `home`."""
    if os.fork():
        os._exit(0)
    Keeper(place.of(Path(home)), socket.socket(fileno=door)).run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
