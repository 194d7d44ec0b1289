"""Keeps the roles of the shop alive, and ends them together."""

import time
from collections.abc import Callable
from multiprocessing.connection import wait
from typing import NoReturn

from commerce.forks import Role

END = 20.0  # seconds the roles get to finish what they do


class RoleFailed(Exception):
    """A role ended that should have gone on, or ended badly."""

    def __init__(self, role: Role) -> None:
        super().__init__(role.name)
        self.role = role


def start(roles: list[Role], *, tick: Callable[[], object]) -> None:
    """Start roles and return when all are ready."""
    waiting = _begin(roles)
    while waiting:
        _pause(tick)
        for role in waiting:
            if role.exit_code is not None:
                raise RoleFailed(role)
        waiting = [role for role in waiting if not role.is_ready(role)]


def finish(roles: list[Role], *, tick: Callable[[], object]) -> None:
    """Start roles that end by themselves and return when all have ended well."""
    waiting = _begin(roles)
    while waiting:
        _pause(tick)
        for role in waiting:
            if role.exit_code:
                raise RoleFailed(role)
        waiting = [role for role in waiting if role.exit_code is None]


def watch(roles: list[Role], *, each_second: Callable[[], object]) -> NoReturn:
    """Start again whatever ends, until an exception ends the watch."""
    while True:
        wait([role.child.sentinel for role in roles if role.child], timeout=1)
        for role in roles:
            role.mend()
        each_second()


def end(roles: list[Role]) -> None:
    """Ask all roles to finish, then end them and whatever they started."""
    for role in roles:
        role.ask_to_end()
    give_up = time.monotonic() + END
    for role in roles:
        if role.child:
            role.child.join(max(0.0, give_up - time.monotonic()))
        role.bury()


def _begin(roles: list[Role]) -> list[Role]:
    for role in roles:
        role.start()
    return roles


def _pause(tick: Callable[[], object]) -> None:
    tick()
    time.sleep(0.05)
