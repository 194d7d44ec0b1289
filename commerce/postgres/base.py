"""The database backend (`ENGINE`); Django wants its wrapper under this name."""

import select

import psycopg
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Keeps a connection from request to request until the server closes it.

    A server that restarts says so on every connection. Whoever reads that before the next
    statement connects anew, and no shopper pays for the restart with an error.
    """

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
