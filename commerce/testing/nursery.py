"""A process that has loaded everything and forks roles for tests, which then start at once.

Run as `python -m commerce.testing.nursery FD`: it answers each line that comes over socket FD.
"""

import json
import socket
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from commerce import forks, roles
from commerce.forks import Role
from commerce.testing import no_io

_COMMANDS = {
    "worker": roles.worker(*roles.QUEUES),
    "worker-orders": roles.worker(roles.QUEUES[0]),
    "worker-default": roles.worker(*roles.QUEUES[1:]),
    "relay": roles.command("relay"),
}
_children: dict[int, Role] = {}
_ports: dict[str, int] = {}  # by role, where it listened last


def start(*, role: str, log: str, port: int) -> dict[str, Any]:
    """Fork a role; a web role listens on the port, or on any free one if it is 0."""
    with ExitStack() as stack:
        command = _COMMANDS.get(role)
        if command is None:
            door = stack.enter_context(_door(role, port))
            port, command = door.getsockname()[1], roles.web(door)
        child = Role(role, command, Path(log))
        child.start()
    pid = child.pid
    _children[pid] = child
    return {"pid": pid, "port": port}


def _door(role: str, port: int) -> socket.socket:
    """Take a port, the same as last time if any: nurseries whose variables name it stay of use."""
    try:
        door = roles.listener(port or _ports.get(role, 0))
    except OSError:
        if port:
            raise
        door = roles.listener(0)
    _ports[role] = door.getsockname()[1]
    return door


def ended(*, pid: int) -> dict[str, Any]:
    """Tell whether a role runs no more."""
    return {"ended": pid not in _children or _children[pid].exit_code is not None}


def end(*, pid: int) -> dict[str, Any]:
    """Ask a role to finish what it does and end."""
    if pid in _children:
        _children[pid].ask_to_end()
    return {}


def bury(*, pid: int) -> dict[str, Any]:
    """End a role and whatever it had started, at once."""
    if pid in _children:
        _children.pop(pid).bury()
    return {}


def serve(line: socket.socket) -> None:
    """Answer until nobody asks any more, then end every role that is left."""
    with line, line.makefile("rw") as talk:
        for question in talk:
            wanted = json.loads(question)
            answer = _ANSWERS[wanted.pop("do")](**wanted)
            talk.write(json.dumps(answer) + "\n")
            talk.flush()
    for child in _children.values():
        child.bury()


_ANSWERS = {each.__name__: each for each in (start, ended, end, bury)}

if __name__ == "__main__":
    forks.load()
    no_io.forbid()
    serve(socket.socket(fileno=int(sys.argv[1])))
