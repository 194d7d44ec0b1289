"""Opens the demo shop, in the foreground or detached, and closes it."""

import argparse
import errno
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from commerce import embedded, environment, roles

from . import voice
from .detached import open_detached
from .house import House
from .shop import Shop
from .supervisor import END

HELP = "Open the demo shop until Ctrl-C. Everything it keeps is in .halles (or HALLES_HOME)."
DEFAULT_PORT = 8000
CLOSE = 60.0  # seconds


@dataclass(frozen=True)
class Wish:
    """What the caller asked for."""

    port: int
    detach: bool
    stop: bool
    fresh: bool

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Wish":
        """Read parsed options, whatever else is among them."""
        return cls(*(options[name] for name in ("port", "detach", "stop", "fresh")))

    def words(self) -> list[str]:
        """Say the same on a command line."""
        flags = [name for name in ("detach", "stop", "fresh") if getattr(self, name)]
        return [f"--port={self.port}", *(f"--{flag}" for flag in flags)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="where to listen")
    parser.add_argument("--detach", action="store_true", help="return when everything answers")
    parser.add_argument("--stop", action="store_true", help="close the shop")
    parser.add_argument("--fresh", action="store_true", help="start over with an empty database")


def run(wish: Wish) -> int:
    """Do what was asked and return the exit code."""
    house = House(environment.load().halles_home.absolute())
    try:
        with embedded.in_plain_words(house.home):
            return _close(house) if wish.stop else _open(house, wish)
    except embedded.EmbeddedProblem as problem:
        return voice.refuse(str(problem))
    except KeyboardInterrupt:
        return 130


def _open(house: House, wish: Wish) -> int:
    if wish.fresh:
        _close(house)
    lock = house.lock_when_left(within=END + 5)
    if lock is None:
        return _already(house)
    try:
        door = roles.listener(wish.port)
    except (OSError, OverflowError) as problem:
        return voice.refuse(_no_port(wish.port, problem))
    if wish.fresh:
        house.clear()
    if wish.detach:
        return open_detached(house, lambda when_open: Shop(house, door, lock, when_open).open())
    return Shop(house, door, lock, when_open=lambda: None).open()


def _close(house: House) -> int:
    """Close the shop, whoever opened it, and return when no process of it is left."""
    give_up = time.monotonic() + CLOSE
    asked: int | None = None
    while (lock := house.lock()) is None:
        if asked is None and (asked := house.supervisor()):
            os.kill(asked, signal.SIGTERM)
        if time.monotonic() > give_up:
            return voice.refuse(f"Process {asked} does not end. Its logs are in {house.logs}.")
        time.sleep(0.1)
    os.close(lock)
    house.take_in()
    embedded.stop(house.home)
    voice.say("The shop is closed.")
    return 0


def _already(house: House) -> int:
    board = house.board()
    if board is None:
        return voice.refuse(
            "The shop is just being opened or closed. Wait, or stop it: make demo ARGS=--stop"
        )
    voice.say("The shop is open already.")
    voice.welcome(board)
    return 0


def _no_port(port: int, problem: Exception) -> str:
    if isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE:
        reason = "is taken by another program"
    elif isinstance(problem, OSError):
        reason = f"cannot be used ({str(problem.strerror).lower()})"
    else:
        reason = "does not exist"
    return f'Port {port} {reason}. Choose another: make demo ARGS="--port 8001"'
