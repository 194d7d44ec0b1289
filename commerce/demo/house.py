"""What the demo shop keeps in its home: a lock, keys of its own, and a board by the door."""

import fcntl
import json
import os
import secrets
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from commerce import embedded

MERCHANT = "merchant"
STARTED_OVER = ("media", "static", "search", "mail", "prepared")


@dataclass(frozen=True)
class Keys:
    """What opens the admin and the API; made up once and kept."""

    password: str
    publishable_key: str
    secret_key: str


@dataclass(frozen=True)
class House:
    """The folder of one demo shop."""

    home: Path

    @property
    def logs(self) -> Path:
        """One file for each process."""
        return self.home / "logs"

    @property
    def prepared(self) -> Path:
        """Notes what code the database and the static files were made from."""
        return self.home / "prepared"

    def lock(self) -> int | None:
        """Take the house for this process and those it forks, unless somebody has it."""
        with embedded.in_plain_words(self.home):
            self.logs.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock

    def lock_when_left(self, within: float) -> int | None:
        """Take the house; if only roles of a killed supervisor are left, wait until they end."""
        give_up = time.monotonic() + within
        while (lock := self.lock()) is None and self.supervisor() is None:
            if time.monotonic() > give_up:
                break
            time.sleep(0.1)
        return lock

    def sign(self, lock: int) -> None:
        """Become the process to ask for a stop; this lock is not shared with forks."""
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)

    def supervisor(self) -> int | None:
        """Return the process that signed, unless only its roles are left."""
        with self._lock.open("r+") as lock:
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(lock.read() or 0) or None
        return None

    def keys(self) -> Keys:
        """Return the keys of this house, cut on first use."""
        path = self.home / "keys.json"
        if not path.exists():
            made = Keys(
                password=secrets.token_urlsafe(12),
                publishable_key=f"pk_{secrets.token_hex(16)}",
                secret_key=f"sk_{secrets.token_hex(16)}",
            )
            self._write(path, asdict(made))
        return Keys(**json.loads(path.read_text()))

    def hang_out(self, url: str, keys: Keys) -> dict[str, Any]:
        """Hang out the board that says where the shop is and how to sign in."""
        board = {
            "url": url,
            "admin": {"username": MERCHANT, "password": keys.password},
            "publishable_key": keys.publishable_key,
            "secret_key": keys.secret_key,
            "mail": str(self.home / "mail"),
        }
        self._write(self._board, board)
        return board

    def take_in(self) -> None:
        """Take the board in: the shop is closed."""
        self._board.unlink(missing_ok=True)

    def board(self) -> dict[str, Any] | None:
        """Return what the board says, if it hangs."""
        try:
            return dict(json.loads(self._board.read_text()))
        except FileNotFoundError:
            return None

    def clear(self) -> None:
        """Remove everything but keys and logs, so that the next opening starts over."""
        embedded.clear(self.home)
        for name in STARTED_OVER:
            path = self.home / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    @property
    def _lock(self) -> Path:
        return self.home / "demo.lock"

    @property
    def _board(self) -> Path:
        return self.home / "demo.json"

    def _write(self, path: Path, content: dict[str, Any]) -> None:
        """Write a file that only its owner reads, whole or not at all."""
        unfinished = path.with_suffix(".new")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.truncate()
            json.dump(content, file, indent=2)
        unfinished.replace(path)
