"""What may keep the servers from starting, said so that the reader knows what to do."""

import errno
import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ELSEWHERE = "Set HALLES_HOME to a folder of your own"
NO_SPACE = "No space left on device"
TOO_LITTLE = 16_000_000  # bytes; one more segment of PostgreSQL's log


class EmbeddedProblem(Exception):
    """One plain sentence or two for whoever started the process; never a stack trace."""


@contextmanager
def in_plain_words(home: Path) -> Iterator[None]:
    """Turn what the file system refuses under `home` into a sentence with a way out."""
    try:
        yield
    except OSError as problem:
        raise EmbeddedProblem(_sentence(home, problem)) from problem


def _sentence(home: Path, problem: OSError) -> str:
    if problem.errno in (errno.EACCES, errno.EPERM):
        return f"{_belongs(Path(problem.filename or home))}. {ELSEWHERE}, or have {home} removed."
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(home)
    return f"{problem.filename or home} cannot be used: {problem.strerror}. {ELSEWHERE}."


def is_full(home: Path) -> bool:
    """Whether what fails under `home` may fail for want of room."""
    return shutil.disk_usage(home).free < TOO_LITTLE


def disk_full(home: Path) -> str:
    """Say that the servers need room."""
    return (
        f"The disk that holds {home} is full. Free some space, or set HALLES_HOME to another one."
    )


def _belongs(path: Path) -> str:
    while not os.path.exists(path) and path != path.parent:  # Path.exists raises in a closed folder
        path = path.parent
    try:
        owner = pwd.getpwuid(path.stat().st_uid).pw_name
    except (KeyError, PermissionError):
        owner = "another user"
    return f"{path} belongs to {owner} and this user may not write there"
