"""A role runs a command line in a fork, and ends with everything it started."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from commerce.demo import supervisor
from commerce.demo.role import Role
from commerce.demo.supervisor import RoleFailed


def _command(tmp_path: Path, code: str) -> list[str]:
    (tmp_path / "spoken.py").write_text(code)
    return [sys.executable, "-m", "spoken"]


@pytest.fixture
def role(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Role]:
    monkeypatch.syspath_prepend(tmp_path)
    role = Role("speaker", _command(tmp_path, ""), tmp_path / "speaker.log")
    yield role
    role.bury()


def test_waits_for_what_a_role_says(role: Role, tmp_path: Path) -> None:
    role.command = _command(tmp_path, "import time; print('ready', flush=True); time.sleep(60)")
    role.is_ready = lambda each: "ready" in each.said()
    supervisor.start([role], tick=lambda: None)
    assert role.said() == "ready\n"
    began = time.monotonic()
    supervisor.end([role])
    assert time.monotonic() - began < 5


def test_role_that_ends_before_it_is_ready_is_named(role: Role, tmp_path: Path) -> None:
    role.command = _command(tmp_path, "raise SystemExit('no such table')")
    role.is_ready = lambda each: False
    with pytest.raises(RoleFailed, match="speaker"):
        supervisor.start([role], tick=lambda: None)
    assert "no such table" in role.said()


def test_task_that_ends_badly_is_named(role: Role, tmp_path: Path) -> None:
    role.command = _command(tmp_path, "raise SystemExit(3)")
    with pytest.raises(RoleFailed):
        supervisor.finish([role], tick=lambda: None)


def test_role_that_keeps_ending_is_started_ever_more_slowly(role: Role) -> None:
    role.start()
    starts = 1
    give_up = time.monotonic() + 2.5
    while time.monotonic() < give_up:
        before = role.started_at
        role.mend()
        starts += role.started_at != before
        time.sleep(0.01)
    assert 2 <= starts <= 4
