"""What one service call costs, by provider. Run: .venv/bin/python benchmarks/calls.py"""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.test import override_settings

from apps.stock.interface import Line, stock
from benchmarks.stubs.stock import Instant

CALL: dict[str, Any] = {
    "cart": uuid4(),
    "lines": (Line("MUG", 2), Line("TEE", 1)),
    "ttl": timedelta(minutes=15),
}
ROUNDS = 5
HERE = {"BACKEND": "benchmarks.stubs.stock.Instant"}
LOOPBACK = {"BACKEND": "commerce.services.loopback.Loopback", "PROVIDER": HERE["BACKEND"]}


def cost(call: Callable[..., object], times: int) -> float:
    """Return the microseconds one call takes, in the best of five rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(times):
            call(**CALL)
        best = min(best, (time.perf_counter() - start) / times)
    return best * 1e6


@contextlib.contextmanager
def other_process() -> Iterator[str]:
    """Run the instant stock behind gunicorn and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    options = [
        "--bind",
        address,
        "--threads=2",
        "--worker-class=commerce.server.Worker",
        "--no-control-socket",
        "--log-level=error",
    ]
    command = [sys.executable, "-m", "gunicorn", *options, "config.asgi"]
    settings = {"DJANGO_SETTINGS_MODULE": "benchmarks.stubs.settings", "LOG_LEVEL": "WARNING"}
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings)
    try:
        wait_for(address)
        yield f"http://{address}"
    finally:
        server.terminate()
        server.wait(40)


def wait_for(address: str) -> None:
    host, _, port = address.partition(":")
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), 1):
            return
        time.sleep(0.1)
    sys.exit(f"nothing answers at {address}")


def show(name: str, microseconds: float) -> None:
    print(f"{name:<10}{microseconds:10.2f} us")


def main() -> None:
    """Measure from the cheapest provider to the dearest."""
    show("direct", cost(Instant().reserve, 20_000))
    with override_settings(SERVICES={"stock": HERE}):
        show("handle", cost(stock.reserve, 20_000))
    with override_settings(SERVICES={"stock": LOOPBACK}):
        show("loopback", cost(stock.reserve, 5_000))
    with other_process() as location:
        remote = {"BACKEND": "commerce.services.http.Remote", "LOCATION": location}
        patient = remote | {"TIMEOUT": 60.0, "RETRIES": 0}
        with override_settings(SERVICES={"stock": patient}):
            stock.reserve(**CALL)  # the first call waits until the process has loaded everything
        with override_settings(SERVICES={"stock": remote}):
            show("http", cost(stock.reserve, 300))


if __name__ == "__main__":
    main()
