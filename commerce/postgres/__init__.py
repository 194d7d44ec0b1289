"""PostgreSQL as Django knows it, whose connections are kept and looked at before they are used."""

from typing import Any

from django.db import connection, connections

from commerce import greenlets

from . import shared
from .words import Words

__all__ = ["LIMITS", "Row", "Words", "ask", "limit", "prepared"]

Row = tuple[Any, ...]
LIMITS = {  # milliseconds
    "statement_timeout": 2_000,
    "lock_timeout": 500,
    "idle_in_transaction_session_timeout": 5_000,
}


def limit() -> None:
    """End what takes too long, in a process that somebody waits for.

    Holds for the connections made from now on. Commands such as `migrate` and imports take the
    time they need.
    """
    words = " ".join(f"-c {name}={milliseconds}" for name, milliseconds in LIMITS.items())
    for database in connections.settings.values():
        database["OPTIONS"]["options"] = words


def prepared() -> Any:
    """Return a cursor that prepares its statements; see the backend."""
    return connection.prepared()  # type: ignore[attr-defined]


def ask(sql: str, *parameters: Any) -> list[Row]:
    """Ask one prepared statement, in whatever transaction there is.

    Code that shares its thread has no transaction: there each statement is one of its own.
    """
    if greenlets.inside():
        return greenlets.wait(shared.ask(sql, parameters))
    with prepared() as cursor:
        cursor.execute(sql, parameters)
        found: list[Row] = cursor.fetchall()
        return found
