"""The database backend (`ENGINE`); Django wants its wrapper under this name."""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base


class Prepared(psycopg.Cursor[Any]):
    """A cursor for the few statements that are asked a thousand times a second."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """Ask, with the statement prepared."""
        return super().execute(query, params, prepare=True, binary=True)


class DatabaseWrapper(base.DatabaseWrapper):
    """Keeps a connection from request to request until the server closes it.

    A server that restarts says so on every connection. Whoever reads that before the next
    statement connects anew, and no shopper pays for the restart with an error.
    """

    def get_connection_params(self) -> dict[str, Any]:
        """Let statements be prepared, but where OPTIONS sets `prepare_threshold` to None."""
        given: dict[str, Any] = super().get_connection_params()
        if "prepare_threshold" not in self.settings_dict["OPTIONS"]:
            given["prepare_threshold"] = 1
        return given

    def prepared(self) -> Any:
        """Return a cursor whose statements the server reads and plans only once.

        Parameters travel apart from the text and values come back in binary: half the cost of the
        usual cursor, for both sides. Everything in the statement needs a type the server can tell.
        """
        self.close_if_health_check_failed()
        self.ensure_connection()
        return self._prepare_cursor(Prepared(self.connection))  # type: ignore[attr-defined]

    def close_if_unusable_or_obsolete(self) -> None:
        """Also give up a connection on which the server has said something unasked: goodbye."""
        if self.connection is not None and not self.in_atomic_block and self._has_said_something():
            self.close()
        super().close_if_unusable_or_obsolete()

    def _has_said_something(self) -> bool:
        try:
            line = select.poll()
            line.register(self.connection.fileno(), select.POLLIN)
            return bool(line.poll(0))
        except (psycopg.Error, OSError, ValueError):
            return True
