"""The command line of each role a Halles process can have, to be run in the project's folder."""

import socket
import sys
from typing import Literal, get_args

HOST = "127.0.0.1"
Queue = Literal["orders", "default", "search", "media"]
QUEUES: tuple[Queue, ...] = get_args(Queue)
THREADS = 4  # for what blocks; more of them cost each request more than they serve
WEB_WORKERS = 2
KEEP_ALIVE = 75  # seconds; longer than proxies wait, so that they close an idle connection, not we


def listener(port: int) -> socket.socket:
    """Take a port of this machine, 0 for any free one; OSError if another program has it."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((HOST, port))
        door.listen(1024)
    except OSError:
        door.close()
        raise
    return door


def web(door: socket.socket) -> list[str]:
    """Serve HTTP on a socket that the process inherits."""
    options = {
        "--bind": f"fd://{door.fileno()}",
        "--workers": str(WEB_WORKERS),
        "--threads": str(THREADS),
        "--worker-class": "commerce.server.Worker",
        "--keep-alive": str(KEEP_ALIVE),
        "--graceful-timeout": "10",
    }
    return [
        *(sys.executable, "-m", "gunicorn", "config.asgi", "--no-control-socket", "--preload"),
        *(word for option in options.items() for word in option),
    ]


def worker(*queues: str) -> list[str]:
    """Work through Celery queues with two processes."""
    return [
        *(sys.executable, "-m", "celery", "-A", "config", "worker", "--loglevel", "INFO"),
        *("-Q", ",".join(queues), "-n", f"{queues[0]}@%h", "--concurrency", "2"),
        *("--without-gossip", "--without-mingle"),
    ]


def command(name: str, *words: str) -> list[str]:
    """Run a management command."""
    return [sys.executable, "-m", "django", name, *words]
