"""Buyers in processes of their own, what they tell, and somebody who kills what they buy from."""

import itertools
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from redis.exceptions import RedisError

from commerce.environment import ROOT

from .buyers import Sale
from .house import Place
from .told import Told

GOING_HOME = 120.0  # seconds in which somebody ends his visit when the sale is over


class Crowd:
    """Processes full of buyers; `told` is what all of them have told so far."""

    def __init__(self, sale: Sale, processes: int) -> None:
        self.sale, self.processes = sale, processes
        self.told = Told()
        self.size = sale.buyers * processes
        self.leave_within = GOING_HOME

    @contextmanager
    def shopping(self) -> Iterator[None]:
        """Let them in; at the end those who found nothing go home."""
        started = [self._start() for _ in range(self.processes)]
        ears = [threading.Thread(target=self._hear, args=[each], daemon=True) for each in started]
        for ear in ears:
            ear.start()
        try:
            yield
        finally:
            for each in started:
                end(each, self.leave_within)
            for ear in ears:
                ear.join(5)

    def _start(self) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "commerce.proving.buyers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert process.stdin
        process.stdin.write(json.dumps(vars(self.sale)) + "\n")
        process.stdin.flush()
        return process

    def _hear(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout
        with process.stdout:
            self.told.hear(process.stdout)


def end(process: "subprocess.Popen[str]", within: float) -> None:
    """Tell a process of buyers that the sale is over, and end it if it does not go."""
    if process.stdin and process.poll() is None:
        process.stdin.write("over\n")
        process.stdin.close()
    try:
        process.wait(within)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Killer:
    """Kills one thing after another, every so many seconds; 0 never kills."""

    def __init__(self, place: Place, names: Sequence[str], every: float) -> None:
        self.place, self.names, self.every = place, names, every
        self.killed: Counter[str] = Counter()

    def __str__(self) -> str:
        return ", ".join(f"{name} killed {n} times" for name, n in self.killed.items()) or "no kill"

    @contextmanager
    def killing(self) -> Iterator[None]:
        """Kill until the end."""
        ended = threading.Event()
        thread = threading.Thread(target=self._until, args=[ended], daemon=True)
        if self.place.kills and self.every:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            if thread.ident:
                thread.join()

    def _until(self, ended: threading.Event) -> None:
        for name in itertools.cycle(self.names):
            if ended.wait(self.every):
                return
            try:
                self.place.kills[name]()
            except (OSError, RedisError, psycopg.Error, ValueError):
                continue  # it is still down from the last time
            self.killed[name] += 1
