"""One role of the shop: a fork of this process that runs a command line as `python` would."""

import gc
import multiprocessing
import os
import runpy
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.context import ForkProcess
from pathlib import Path

import django
from django.urls import get_resolver

from commerce import children

SLOWEST_RESTART = 30.0  # seconds
STEADY = 60.0  # seconds after which a role counts as recovered
LONGEST_LOG = 5_000_000  # bytes

NEEDED = (  # by one role or another, and found only while it starts
    "config.celery",
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.prefork",
    "celery.worker.components",
    "gunicorn.app.wsgiapp",
    "commerce.server",
    "uvloop",
)

_fork = multiprocessing.get_context("fork")


def load() -> None:
    """Load Django and whatever roles need, once for all forks and without tidying in between."""
    gc.disable()
    django.setup()
    for module in NEEDED:
        import_module(module)
    _ = get_resolver().url_patterns
    gc.freeze()
    gc.enable()


@dataclass
class Role:
    """A command `python -m module words...`, and how to see that it is ready.

    The forking process has called `load`, and holds no connection and no thread.
    """

    name: str
    command: list[str]
    log: Path
    is_ready: Callable[["Role"], bool] = lambda role: True
    child: ForkProcess | None = None
    said_before: int = 0
    failures: int = 0
    started_at: float = 0.0
    restart_at: float = 0.0

    def start(self) -> None:
        """Fork it."""
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        self.log.touch()
        self.said_before = self.log.stat().st_size
        self.started_at = time.monotonic()
        self.child = _fork.Process(target=self._run, args=[os.getpid()])
        self.child.start()

    @property
    def pid(self) -> int:
        """The process, which is its group as well; 0 before it started."""
        return (self.child and self.child.pid) or 0

    @property
    def exit_code(self) -> int | None:
        """How its process ended, or None while it runs."""
        return self.child.exitcode if self.child else None

    def mend(self) -> None:
        """Start it again if it ended, ever more slowly if it keeps ending."""
        if self.exit_code is not None:
            self.bury()
            steady = time.monotonic() - self.started_at > STEADY
            self.failures = 1 if steady else self.failures + 1
            self.restart_at = time.monotonic() + min(SLOWEST_RESTART, 0.25 * 2**self.failures)
        elif self.child is None and time.monotonic() >= self.restart_at:
            self.start()

    def ask_to_end(self) -> None:
        """Have it finish what it does."""
        if self.child is not None:
            self.child.terminate()

    def bury(self) -> None:
        """End its process and whatever that had started."""
        if self.child is not None:
            children.sweep(self.pid)
            self.child.join()
            self.child.close()
            self.child = None

    def said(self) -> str:
        """Return what it has written since it started."""
        with self.log.open("rb") as log:
            log.seek(self.said_before)
            return log.read().decode(errors="replace")

    def _run(self, parent: int) -> None:
        os.setpgid(0, 0)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        children.tie(to=parent, by=signal.SIGTERM)
        children.name(f"halles-{self.name}")
        with self.log.open("ab") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w", 1), os.fdopen(2, "w", 1)
        module, *words = self.command[2:]
        sys.argv = [module, *words]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
