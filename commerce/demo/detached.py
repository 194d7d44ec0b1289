"""Opens the shop in a process that stays when the terminal goes."""

import os
import signal
import sys
from collections.abc import Callable

from .house import House


def open_detached(house: House, open_shop: Callable[[Callable[[], None]], int]) -> int:
    """Return when the shop is open (0), or when it has said why it is not.

    `open_shop` runs in the new process and is given what to call when the shop is open.
    """
    ear, mouth = os.pipe()
    child = os.fork()
    if child:
        os.close(mouth)
        return _listen(house, ear, child)
    os.close(ear)
    os.setsid()
    _speak_into(mouth)
    return open_shop(lambda: _speak_into(os.open(house.logs / "demo.log", LOG, 0o600)))


LOG = os.O_WRONLY | os.O_CREAT | os.O_APPEND


def _listen(house: House, ear: int, child: int) -> int:
    """Pass on what the new process says until it has nothing more to say to us."""
    try:
        while words := os.read(ear, 4096):
            sys.stdout.write(words.decode(errors="replace"))
            sys.stdout.flush()
    except KeyboardInterrupt:
        os.kill(child, signal.SIGTERM)
    if house.board():
        return 0
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _speak_into(target: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    silence = os.open(os.devnull, os.O_RDONLY)
    for old, new in ((silence, 0), (target, 1), (target, 2)):
        os.dup2(old, new)
    os.close(silence)
    os.close(target)
