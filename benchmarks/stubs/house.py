"""Runs the web role for a benchmark, and says what its answers were."""

import contextlib
import os
import signal
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

from commerce import children, roles
from commerce.environment import ROOT as CODE
from commerce.proving import load

LINES = 16  # connections, twice as many as the shop has threads
EMPTY = load.request("GET", "/api/bench/empty")


@contextlib.contextmanager
def shop() -> Iterator[tuple[str, int]]:
    """Run the web role and give its address."""
    log = Path(os.environ["HALLES_HOME"]) / "logs" / "web.log"
    with roles.listener(0) as door, log.open("ab") as output:
        address: tuple[str, int] = door.getsockname()
        web = children.spawn(roles.web(door), output=output, keep=[door.fileno()], folder=CODE)
    try:
        load.everybody(address, repeat(EMPTY, 200), lines=LINES)
        yield address
    finally:
        children.end(web, by=signal.SIGTERM, within=20)


@contextlib.contextmanager
def workers() -> Iterator[None]:
    """Run the relay and the workers that make orders real."""
    log = Path(os.environ["HALLES_HOME"]) / "logs" / "workers.log"
    words = [roles.command("relay"), roles.worker("orders"), roles.worker("default")]
    with log.open("ab") as output:
        started = [children.spawn(each, output=output, folder=CODE) for each in words]
    try:
        yield
    finally:
        for each in started:
            children.end(each, by=signal.SIGTERM, within=20)


def summary(figures: load.Figures) -> dict[str, object]:
    """Choose what is told of a case."""
    return {
        "rate": round(figures.rate(200, 201, 202), 1),
        "p50": round(figures.percentile(50), 2),
        "p99": round(figures.percentile(99), 2),
        "statuses": dict(figures.statuses),
    }
