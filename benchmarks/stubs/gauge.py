"""What all processes of the shop together use: processor time, and memory at its peak.

Counted are this process with its children, and the embedded servers of its home. Memory is the
proportional set size: what processes share is counted once.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")
EVERY = 1.0  # seconds


@dataclass
class Reading:
    """What something took; complete once the gauge is closed."""

    seconds: float = 0.0
    processor: float = 0.0  # seconds
    peak: int = 0  # bytes


@contextmanager
def gauge() -> Iterator[Reading]:
    """Measure what is done inside."""
    reading, over = Reading(), threading.Event()
    watcher = threading.Thread(target=watch, args=(reading, over), daemon=True)
    begun, used = time.perf_counter(), processor()
    watcher.start()
    try:
        yield reading
    finally:
        reading.seconds = time.perf_counter() - begun
        reading.processor = processor() - used
        over.set()
        watcher.join()


def watch(reading: Reading, over: threading.Event) -> None:
    """Remember the most memory seen, looking every second."""
    while True:
        reading.peak = max(reading.peak, memory())
        if over.wait(EVERY):
            return


def ours() -> set[int]:
    """Find this process, the servers of its home, and all their descendants."""
    parents, home = {}, os.environ["HALLES_HOME"].encode()
    found = {os.getpid()}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                stat, words = (entry / "stat").read_text(), (entry / "cmdline").read_bytes()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
            if home in words:
                found.add(int(entry.name))
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def processor() -> float:
    """Add up the seconds of processor time, those of ended children too."""
    total = 0
    for pid in ours():
        try:
            fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))
    return total / TICK


def memory() -> int:
    """Add up the memory, in bytes."""
    total = 0
    for pid in ours():
        try:
            rollup = (PROC / str(pid) / "smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:")
    return total * 1024
