"""Sockets that refuse while a transaction is open: whoever waits in one keeps rows locked.

PostgreSQL itself is asked through libpq, which does not use them. `HALLES_NO_IO=1 make test` has
every test, and every role that tests start, work so.
"""

import os
import socket
from typing import Any

from commerce.services import refuse_inside_transaction

VERBS = ("connect", "connect_ex", "send", "sendall", "sendto", "sendmsg")


def forbid() -> None:
    """Have every socket of this process refuse from now on, if that is asked for."""
    if os.environ.get("HALLES_NO_IO"):
        for verb in VERBS:
            setattr(socket.socket, verb, refusing(verb))


def refusing(verb: str) -> Any:
    """Make a method that looks first."""
    use = getattr(socket.socket, verb)

    def look(self: socket.socket, *words: Any) -> Any:
        refuse_inside_transaction(f"socket.{verb}")
        return use(self, *words)

    return look
