"""The servers of a home: one for all processes, gone with the last, back after any crash."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from commerce import embedded
from commerce.embedded import lease, place
from commerce.environment import ROOT


@pytest.fixture
def home() -> Iterator[Path]:
    yield from _home(Path(f"/tmp/halles-test-{os.getpid()}"))


@pytest.fixture
def neighbour() -> Iterator[Path]:
    yield from _home(Path(f"/tmp/halles-test-{os.getpid()}-neighbour"))


def _home(path: Path) -> Iterator[Path]:
    yield path
    embedded.clear(path)
    subprocess.run(["rm", "-rf", path], check=True)


def _processes(home: Path) -> dict[str, int]:
    """Find the keeper and the servers of a home by their command lines."""
    marks = {"keeper": f"commerce.embedded.keeper\0{home}\0", "postgres": f"-D\0{home}/postgres\0"}
    marks["redis"] = f"unixsocket:{home}/sockets/redis.sock"
    return {name: found[0] for name, mark in marks.items() if (found := _with_mark(mark))}


def _with_mark(mark: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if mark in path.read_text():
                found.append(int(path.parent.name))
    return found


def _has_open(process: int, path: Path) -> bool:
    with suppress(FileNotFoundError):
        return any(path.samefile(each) for each in Path(f"/proc/{process}/fd").iterdir())
    return False


def _until(condition: Callable[[], bool], within: float = 15.0) -> None:
    give_up = time.monotonic() + within
    while not condition():
        assert time.monotonic() < give_up, "did not happen in time"
        time.sleep(0.05)


def _ask(home: Path, query: str) -> object:
    with psycopg.connect(embedded.database_url(home), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchone()[0] if cursor.description else None


def _python(*words: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *words],
        env=os.environ | variables,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_eight_processes_at_once_start_one_server(home: Path) -> None:
    wait_and_start = (
        "import sys, pathlib; from commerce import embedded; sys.stdin.read(); "
        "print(embedded.database_url(pathlib.Path(sys.argv[1])))"
    )
    starters = [_python("-c", wait_and_start, str(home)) for _ in range(8)]
    time.sleep(2)  # all have imported what they need
    for starter in starters:
        starter.stdin.close()
        starter.stdin = None
    said = {starter.communicate()[0] for starter in starters}
    assert len(said) == 1
    assert [starter.returncode for starter in starters] == [0] * 8
    assert (home / "logs" / "postgres.log").read_text().count("starting PostgreSQL") == 1


def test_starters_take_turns(home: Path) -> None:
    here = place.of(home)
    place.prepare(here)
    with here.starting.open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        second = _python("-m", "commerce.embedded", "start", HALLES_HOME=str(home))
        _until(lambda: _has_open(second.pid, here.starting))
        time.sleep(0.5)
        assert _processes(home) == {}
    second.communicate()
    assert second.returncode == 0


def test_nobody_starts_while_an_old_server_still_writes(home: Path) -> None:
    _ask(home, "CREATE TABLE kept AS SELECT 7 AS number")
    writer = _ask(home, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
    os.kill(writer, signal.SIGSTOP)
    os.kill(_processes(home)["keeper"], signal.SIGKILL)
    second = _python("-m", "commerce.embedded", "start", HALLES_HOME=str(home))
    _until(lambda: "keeper" in _processes(home))
    time.sleep(1)
    servers = _with_mark(f"-D\0{home}/postgres\0")
    os.kill(writer, signal.SIGCONT)
    second.communicate()
    assert second.returncode == 0
    assert len(servers) == 1
    assert _ask(home, "SELECT number FROM kept") == 7


def test_two_homes_do_not_know_each_other(home: Path, neighbour: Path) -> None:
    _ask(home, "CREATE TABLE carts ()")
    Redis.from_url(embedded.redis_url(home)).set("cart", "full")
    assert _ask(neighbour, "SELECT count(*) FROM pg_tables WHERE tablename = 'carts'") == 0
    assert Redis.from_url(embedded.redis_url(neighbour)).get("cart") is None
    embedded.stop(neighbour)
    assert _ask(home, "SELECT count(*) FROM carts") == 0


def test_killed_keeper_takes_the_servers_with_it_and_nothing_is_lost(home: Path) -> None:
    _ask(home, "CREATE TABLE kept AS SELECT 7 AS number")
    os.kill(_processes(home)["keeper"], signal.SIGKILL)
    _until(lambda: not embedded.running(home))
    assert _processes(home) == {}
    assert _ask(home, "SELECT number FROM kept") == 7


@pytest.mark.parametrize("server", ["postgres", "redis"])
def test_killed_server_comes_back_with_what_it_held(home: Path, server: str) -> None:
    _ask(home, "CREATE TABLE kept AS SELECT 7 AS number")
    before = _processes(home)[server]
    os.kill(before, signal.SIGKILL)
    _until(lambda: _processes(home).get(server, before) != before)
    assert _ask(home, "SELECT number FROM kept") == 7
    assert Redis.from_url(embedded.redis_url(home)).ping()


def test_carts_survive_a_restart(home: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HALLES_EMBEDDED_FSYNC", "1")
        Redis.from_url(embedded.redis_url(home)).set("cart", "full")
        embedded.stop(home)
        assert Redis.from_url(embedded.redis_url(home)).get("cart") == b"full"


def test_everything_killed_at_once_leaves_a_home_that_starts(home: Path) -> None:
    _ask(home, "CREATE TABLE kept AS SELECT 7 AS number")
    for process in _processes(home).values():
        os.kill(process, signal.SIGKILL)
    _until(lambda: not embedded.running(home))
    stale = place.of(home).files / "postgres" / "postmaster.pid"
    lines = stale.read_text().splitlines()
    stale.write_text("\n".join([str(os.getppid()), *lines[1:]]))  # a number used again since
    assert _ask(home, "SELECT number FROM kept") == 7


def test_stop_leaves_no_process(home: Path) -> None:
    embedded.redis_url(home)
    assert _processes(home).keys() == {"keeper", "postgres", "redis"}
    embedded.stop(home)
    assert _processes(home) == {}
    embedded.stop(home)


def test_servers_leave_when_nobody_is_left(home: Path) -> None:
    here = place.of(home)
    place.prepare(here)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(here.door))
        door.listen()
        impatient = "from commerce.embedded import keeper; keeper.LINGER = 0.3; "
        start = f"keeper.main({str(home)!r}, {door.fileno()})"
        subprocess.run(
            [sys.executable, "-c", impatient + start],
            pass_fds=[door.fileno()],
            cwd=ROOT,
            check=True,
        )
    embedded.redis_url(home)
    time.sleep(1)
    assert _processes(home).keys() >= {"postgres", "redis"}
    lease.release(home)
    _until(lambda: not embedded.running(home))


def test_long_home_path_is_no_problem(home: Path) -> None:
    deep = home / ("deep" * 20) / ("deeper" * 20)
    assert _ask(deep, "SELECT 1") == 1
    embedded.clear(deep)


def test_home_that_nobody_else_may_enter_is_no_problem(home: Path) -> None:
    home.mkdir(mode=0o700)
    inside = home / "checkout" / ".halles"
    assert _ask(inside, "SELECT 1") == 1
    files = place.of(inside).files
    embedded.clear(inside)
    assert not (files / "postgres").exists()


def test_other_users_may_not_enter_the_sockets(home: Path) -> None:
    embedded.redis_url(home)
    for folder in ("postgres", "redis", "sockets"):
        assert (place.of(home).files / folder).stat().st_mode & 0o077 == 0


def test_missing_programs_are_named_with_the_way_out(home: Path) -> None:
    starter = _python(
        *("-m", "commerce.embedded", "start"),
        HALLES_HOME=str(home),
        HALLES_POSTGRES_BIN="/nonexistent",
    )
    said = starter.communicate()[1]
    assert starter.returncode == 1
    assert said.startswith("HALLES_POSTGRES_BIN=/nonexistent does not hold postgres and initdb")
    assert "Traceback" not in said


def test_data_of_another_version_are_left_alone(home: Path) -> None:
    data = home / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("12\n")
    with pytest.raises(embedded.EmbeddedProblem, match="was made by PostgreSQL 12"):
        embedded.database_url(home)
    assert (data / "PG_VERSION").exists()


def test_home_that_cannot_be_written_is_named(home: Path) -> None:
    home.write_text("a file where the folder should be")
    with pytest.raises(embedded.EmbeddedProblem, match=f"{home} cannot be used"):
        embedded.database_url(home)
    home.unlink()
