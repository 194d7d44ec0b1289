"""The demo shop opens with one command, survives whatever dies, and leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from commerce.environment import ROOT

ROLES = {"halles-web", "halles-orders", "halles-worker", "halles-relay"}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    if (tmp_path / "home" / "demo.json").exists():
        _demo(tmp_path / "home", "--stop")


def _demo(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "commerce.demo", *words],
        env=os.environ
        | {"HALLES_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


def _board(home: Path) -> dict[str, Any]:
    return dict(json.loads((home / "demo.json").read_text()))


def _prepared(home: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (home / "prepared").iterdir()}


def _supervisor(home: Path) -> int:
    return int((home / "demo.lock").read_text())


def _roles(home: Path) -> dict[str, int]:
    """Find the roles by the names that ps shows."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            name, _, rest = path.read_text().partition("(")[2].rpartition(")")
            state, parent = rest.split()[:2]
            if int(parent) == _supervisor(home) and state != "Z":
                found[name] = int(path.parent.name)
    return found


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _until(condition: Callable[[], bool], within: float = 30.0) -> None:
    give_up = time.monotonic() + within
    while not condition():
        assert time.monotonic() < give_up, "did not happen in time"
        time.sleep(0.1)


@pytest.mark.django_db(transaction=True)
def test_shop_opens_heals_closes_and_opens_again(home: Path) -> None:
    opened = _demo(home, "--detach", "--port", "0")
    assert opened.returncode == 0, opened.stdout
    board = _board(home)
    assert _answers(board["url"])
    assert board.keys() == {"url", "admin", "publishable_key", "secret_key", "mail"}
    assert (home / "demo.json").stat().st_mode & 0o077 == 0
    for shown in (board["url"], board["admin"]["password"], board["secret_key"], board["mail"]):
        assert shown in opened.stdout

    again = _demo(home, "--detach", "--port", "0")
    assert (again.returncode, _board(home)) == (0, board)
    assert "open already" in again.stdout

    before = _roles(home)
    assert before.keys() == ROLES
    for process in before.values():
        os.kill(process, signal.SIGKILL)
    _until(lambda: _roles(home).keys() == ROLES and not _roles(home).items() & before.items())
    _until(lambda: _answers(board["url"]))

    os.kill(_supervisor(home), signal.SIGKILL)
    _until(lambda: not _roles(home))
    _until(lambda: not _answers(board["url"]))
    port, fits = board["url"].rpartition(":")[2], _prepared(home)
    reopened = _demo(home, "--detach", "--port", port)
    assert reopened.returncode == 0, reopened.stdout
    assert ("Tables" in reopened.stdout) == (fits != _prepared(home))
    assert _board(home) == board

    closed = _demo(home, "--stop")
    assert (closed.returncode, closed.stdout) == (0, "The shop is closed.\n")
    assert _roles(home) == {}
    assert not (home / "demo.json").exists()
    assert not _answers(board["url"])


def test_taken_port_is_one_sentence_with_the_way_out(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        refused = _demo(home, "--port", port)
    assert refused.returncode == 1
    assert refused.stdout == (
        f'Port {port} is taken by another program. Choose another: make demo ARGS="--port 8001"\n'
    )
    assert refused.stderr == ""


def test_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    refused = _demo(tmp_path / "home")
    assert refused.returncode == 1
    assert refused.stdout.startswith(f"{tmp_path}/home")
    assert "Traceback" not in refused.stdout + refused.stderr


def test_stopping_a_closed_shop_is_harmless(home: Path) -> None:
    assert _demo(home, "--stop").returncode == 0
