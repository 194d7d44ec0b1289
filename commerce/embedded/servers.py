"""How each server is prepared, started, asked whether it answers, and stopped."""

import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import Protocol

from commerce import children

from . import binaries, place
from .place import Place
from .problems import NO_SPACE, EmbeddedProblem, disk_full, in_plain_words

VARIABLES = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
ROLE = "halles"
REDIS_DATABASES = 1024
COMPLAINT = re.compile(r"FATAL:|PANIC:|error:")


class Server(Protocol):
    """One program that the keeper runs."""

    name: str
    stops_by: signal.Signals
    folder: Path

    def command(self) -> list[str]:
        """Prepare the files and return the command line."""
        ...

    def answers(self, process: int) -> bool:
        """Whether this process, and no other, is ready for clients."""
        ...


class Postgres:
    """PostgreSQL on a socket in a folder of mode 0700: no port, so no password to guess."""

    name = "postgres"
    stops_by = signal.SIGINT  # "fast": clients are sent away, data are written

    def __init__(self, here: Place, *, named: str, durable: bool) -> None:
        self._here = here
        self._named = named
        self._durable = durable
        self.folder = here.files / "postgres"

    def command(self) -> list[str]:
        """Make the data folder on first use."""
        made_by = self.folder / "PG_VERSION"
        needed = int(made_by.read_text()) if made_by.exists() else None
        programs = binaries.postgres(self._here, named=self._named, needed=needed)
        if needed is None:
            self._initialise(programs.folder / "initdb")
        settings = self._settings()
        options = [part for name in settings for part in ("-c", f"{name}={settings[name]}")]
        return [str(programs.folder / "postgres"), "-D", str(self.folder), *options]

    def forget_crash(self) -> None:
        """Remove the process numbers a killed server left; call only when none is alive.

        Another program may carry that number by now, and PostgreSQL would not start beside it.
        """
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        (self._here.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def answers(self, process: int) -> bool:
        """Read the state that the server itself keeps in its folder."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0] == str(process) and lines[7].strip() == "ready"

    def _settings(self) -> dict[str, str]:
        return {
            "listen_addresses": "",
            "unix_socket_directories": str(self._here.sockets),
            "max_connections": "200",
            "shared_buffers": "128MB",
            "dynamic_shared_memory_type": "mmap",  # /dev/shm is small in containers
            "max_wal_senders": "0",
            "wal_level": "minimal",
            "random_page_cost": "1.1",
            "autovacuum_naptime": "5s",  # a sale changes one row thousands of times a minute
            "timezone": "UTC",
            "log_timezone": "UTC",
            "idle_in_transaction_session_timeout": "5min",
            "synchronous_commit": "on",
            "fsync": "on" if self._durable else "off",
            "full_page_writes": "on" if self._durable else "off",
        }

    def _initialise(self, initdb: Path) -> None:
        """Make the data in a folder of another name, so that half a database is never used."""
        unfinished = self.folder.with_suffix(".new")
        with in_plain_words(self._here.home):
            shutil.rmtree(unfinished, ignore_errors=True)
            place.own_folder(self._here, unfinished.name)
        command = [str(initdb), "-D", str(unfinished), "-U", ROLE, "-A", "trust", "-E", "UTF8"]
        command += ["--locale=C.UTF-8", "--no-instructions"]
        made = subprocess.run(
            command if self._durable else [*command, "--no-sync"],
            env=VARIABLES,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **children.identity(self._here.user),
        )
        if made.returncode:
            raise EmbeddedProblem(reason(self._here, self.name, made.stdout))
        unfinished.rename(self.folder)


class Redis:
    """Redis on a socket in the same folder; what it held is there again after a restart."""

    name = "redis"
    stops_by = signal.SIGTERM

    def __init__(self, here: Place, *, durable: bool) -> None:
        self._here = here
        self._durable = durable
        self._socket = here.sockets / "redis.sock"
        self.folder = here.files / "redis"

    def command(self) -> list[str]:
        """Make the folder for its journal on first use."""
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(place.own_folder(self._here, self.name)),
            "databases": str(REDIS_DATABASES),
            "save": "",
            "appendonly": "yes" if self._durable else "no",
            "appendfsync": "everysec",
        }
        options = [part for name in settings for part in (f"--{name}", settings[name])]
        return [str(binaries.redis(self._here)), *options]

    def answers(self, process: int) -> bool:
        """Ask it; while it reads its journal it answers with an error."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            try:
                line.connect(str(self._socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def reason(here: Place, name: str, output: str) -> str:
    """Say why a server did not start, from the last words it said."""
    if NO_SPACE in output:
        return disk_full(here.home)
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    complaints = [line for line in lines if COMPLAINT.search(line)]
    last = COMPLAINT.split((complaints or lines or ["it said nothing"])[-1])[-1].strip()
    return f"The embedded {name} did not start: {last} (more in {here.logs})."
