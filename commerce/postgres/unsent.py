"""Ending a statement on a pipeline without sending it at once, as libpq 17 and later can.

`PQpipelineSync`, which psycopg has, sends every time it is called; `PQsendPipelineSync`, which
psycopg has not, leaves that to a later flush, so that statements of many travel together:
https://www.postgresql.org/docs/current/libpq-pipeline-mode.html#LIBPQ-PQSENDPIPELINESYNC.
"""

import ctypes
import functools
import sys
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.pq import PGconn


@functools.cache
def from_libpq() -> Callable[[int], int] | None:
    """Find the function in the very libpq that psycopg has loaded; None in one before 17."""
    loaded = sys.modules[PGconn.__module__].__file__
    if loaded is None or loaded.endswith(".py"):  # asks a libpq of its own by ctypes
        return None
    function = getattr(ctypes.PyDLL(loaded), "PQsendPipelineSync", None)
    if function is not None:
        function.argtypes, function.restype = (ctypes.c_void_p,), ctypes.c_int
    return function


def sync(server: Any) -> None:
    """End a statement, which leaves with the next flush at the latest."""
    send = from_libpq()
    if send is None:
        server.pipeline_sync()
    elif not send(server.pgconn_ptr):
        raise psycopg.OperationalError(server.get_error_message())
