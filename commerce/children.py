"""Child processes that never outlive the process that started them, whatever kills it."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15  # linux/prctl.h
POLITE = 5  # steps of nice(1); a third of the time of others, as long as they need all they get

_libc = ctypes.CDLL(None, use_errno=True)


def tie(to: int, by: signal.Signals) -> None:
    """Have the kernel send this process a signal when its parent, process `to`, dies (Linux)."""
    if sys.platform != "linux":
        return
    _libc.prctl(PR_SET_PDEATHSIG, by)
    if os.getppid() != to:  # it died before we asked
        os.kill(os.getpid(), by)


def name(title: str) -> None:
    """Show the first 15 bytes of a title as this process's name in ps, top and pkill (Linux)."""
    if sys.platform == "linux":
        _libc.prctl(PR_SET_NAME, title.encode())


def give_way() -> None:
    """Let processes that somebody waits for have the processors first."""
    os.nice(POLITE)


def spawn(
    command: Sequence[str | Path],
    *,
    output: int | IO[bytes],
    dies_by: signal.Signals = signal.SIGTERM,
    variables: Mapping[str, str] | None = None,
    user: pwd.struct_passwd | None = None,
    keep: Sequence[int] = (),
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own, tied to this process.

    It inherits the descriptors in `keep`, and drops to `user` if one is given.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=variables,
        cwd=folder,
        pass_fds=keep,
        process_group=0,
        preexec_fn=_tied_to(os.getpid(), dies_by),  # noqa: PLW1509 -- callers have no threads
        **identity(user),
    )


def identity(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Return what subprocess needs to run something as another user."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}


def end(child: subprocess.Popen[bytes], *, by: signal.Signals, within: float) -> None:
    """Ask a child to stop, wait `within` seconds, then end it and everything it started."""
    if child.poll() is None:
        child.send_signal(by)
        with suppress(subprocess.TimeoutExpired):
            child.wait(within)
    sweep(child.pid)
    child.wait()


def sweep(group: int) -> None:
    """End whatever is left of a child, whose number names its group, and of what it started."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _tied_to(parent: int, by: signal.Signals) -> Callable[[], None]:
    return lambda: tie(parent, by)
