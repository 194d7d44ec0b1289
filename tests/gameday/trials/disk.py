"""The disk of PostgreSQL's log is full, then says that it could not write: no promise is lost.

Needs root (a disk of its own is mounted) and Debian's package strace.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from commerce import roles
from commerce.embedded import place
from commerce.proving.buyers import Sale
from commerce.proving.crowd import Crowd
from commerce.proving.house import House
from tests.gameday.shop import Outcome, Shop, named, sized
from tests.gameday.trials import kills, restarts

ROOM = 16 * 2**20  # bytes that are free at first, one segment of the log
AT_ONCE = 4  # shoppers
BEFORE, DURING = 5.0, 12.0  # seconds
BACK = 60.0  # seconds until orders are taken again
INJECT = "inject=fsync,fdatasync:error=EIO"


def t17(shop: Shop, scale: float) -> Outcome:
    """While people order, the disk of the log is full for 12 s, and later says EIO to every fsync:
    checkout answers 503 and never 500, takes orders again soon after, and no order that was told is
    missing.
    """
    return ordeal(sized(DURING, scale, 3))


def t17_control(shop: Shop, scale: float) -> Outcome:
    """The same when orders are acknowledged before they are on disk."""
    return ordeal(sized(DURING, min(scale, 0.5), 3), hasty=True)


def ordeal(seconds: float, *, hasty: bool = False) -> Outcome:
    """Open a shop whose log has a disk of its own, and have both troubles, one after the other."""
    home = Path(tempfile.mkdtemp(prefix="halles-disk-", dir="/tmp"))
    house = House(print, roles.command("relay"), home=home, HALLES_ORDER_RECOVERY_SECONDS="3")
    shop, sku = Shop(house), named()
    try:
        house.sell(sku, 1_000_000)
        with disk(shop, home) as log:
            if hasty:
                shop.tell(kills.HASTY)
                for name, value in kills.LAZY.items():
                    shop.tell(f"ALTER SYSTEM SET {name} = '{value}'")
                shop.tell("SELECT pg_reload_conf()")
            return troubled(shop, sku, log, seconds)
    finally:
        house.leave("")


def troubled(shop: Shop, sku: str, log: Path, seconds: float) -> Outcome:
    """Have people order before, during and after each trouble."""
    sale = Sale(shop.place.url, shop.place.key, sku, 100_000, AT_ONCE, True)
    crowd, back = Crowd(sale, 1), dict[str, float]()
    crowd.leave_within = 1.0
    with crowd.shopping():
        for trouble in (full, failing):
            wait(crowd, BACK)
            time.sleep(BEFORE)
            trouble(shop, log, seconds)
            back[trouble.__name__] = wait(crowd, BACK)
    told = crowd.told
    counts = {
        "orders told": len(told.orders),
        "lost": told.lost(shop.place),
        "told twice": told.twice,
        "drift": shop.drift([sku]),
        "back after s": {name: round(each, 1) for name, each in back.items()},
        "answers": dict(sorted(told.answers.items())),
    }
    errors = sum(n for answer, n in told.answers.items() if answer.startswith("answer 500"))
    turned_away = sum(n for answer, n in told.answers.items() if answer.startswith("answer 503"))
    kept = not counts["lost"] and not told.twice and not counts["drift"]
    soon = max(back.values()) < BACK
    return Outcome(kept and soon and not errors and turned_away > 0, counts)


def wait(crowd: Crowd, seconds: float) -> float:
    """Wait for another order; says for how long."""
    before, began = len(crowd.told.orders), time.monotonic()
    while len(crowd.told.orders) == before and time.monotonic() < began + seconds:
        time.sleep(restarts.LOOK)
    return time.monotonic() - began


def full(shop: Shop, log: Path, seconds: float) -> None:
    """Take all the room on the disk of the log."""
    ballast = log / "ballast"
    with ballast.open("wb") as file, suppress(OSError):
        while True:
            file.write(bytes(2**16))
            file.flush()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(psycopg.Error):
            shop.tell("SELECT pg_switch_wal() FROM (SELECT pg_current_xact_id()) AS written")
        time.sleep(0.2)
    ballast.unlink()


def failing(shop: Shop, log: Path, seconds: float) -> None:
    """Have every fsync of PostgreSQL fail for a while."""
    server = restarts.server(shop)
    everybody = [server, *children_of(server)]
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"]
    command += ["-e", INJECT, *(word for each in everybody for word in ("-p", str(each)))]
    tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    time.sleep(min(seconds, BEFORE))
    tracer.send_signal(signal.SIGINT)
    tracer.wait(10)


def children_of(process: int) -> list[int]:
    """List the processes that a process has started."""
    return [*map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())]


@contextmanager
def disk(shop: Shop, home: Path) -> Iterator[Path]:
    """Move PostgreSQL's log to a small disk of its own, on which there is little room."""
    here = place.of(home)
    log, moved = here.files / "postgres" / "pg_wal", here.files / "log"
    with resting(shop):
        size = sum(each.stat().st_size for each in log.rglob("*") if each.is_file()) + ROOM
        moved.mkdir()
        run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(moved))
        run("cp", "-a", f"{log}/.", str(moved))
        shutil.rmtree(log)
        log.symlink_to(moved)
        if here.user:
            for each in (moved, log):
                os.chown(each, here.user.pw_uid, here.user.pw_gid, follow_symlinks=False)
        moved.chmod(0o700)
    try:
        yield moved
    finally:
        run("umount", "--lazy", str(moved))


@contextmanager
def resting(shop: Shop) -> Iterator[None]:
    """Stop PostgreSQL for a while; its keeper does not notice, because it is asleep."""
    server = restarts.server(shop)
    keeper = int(stat_of(server)[1])
    os.kill(keeper, signal.SIGSTOP)
    try:
        os.kill(server, signal.SIGINT)
        while stat_of(server)[0] != "Z":
            time.sleep(restarts.LOOK)
        yield
    finally:
        os.kill(keeper, signal.SIGCONT)
    while restarts.started(shop) is None:
        time.sleep(restarts.LOOK)


def stat_of(process: int) -> list[str]:
    """Read a process's state, and its parent, from the kernel."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def run(*command: str) -> None:
    """Run a program, or say what it said."""
    subprocess.run(command, check=True, capture_output=True, text=True)
