"""Redis clients by purpose, each with its own database so that one can be lost alone."""

import functools
import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, OutOfMemoryError, ReadOnlyError, ResponseError
from redis.retry import Retry

from .lines import Lines
from .shared import Command

__all__ = ["Command", "Lines", "Script", "client", "lines", "script"]


@functools.cache
def client(alias: str = "default") -> "Redis":
    """Return the shared client of `settings.REDIS[alias]`.

    Commands are never sent twice by the client (its default is ten attempts, which would run one
    script many times), and nobody waits longer than TIMEOUT seconds for an answer.
    """
    options = settings.REDIS[alias]
    return Redis.from_url(
        options["LOCATION"],
        socket_timeout=options["TIMEOUT"],
        socket_connect_timeout=options["TIMEOUT"],
        retry=Retry(NoBackoff(), 0),
    )


@functools.cache
def script(alias: str, source: str) -> "Script":
    """Prepare a Lua script, which Redis runs as one step."""
    return Script(alias, source)


class Script:
    """A Lua script, asked over lines of its own at a fifth of the client's cost."""

    def __init__(self, alias: str, source: str) -> None:
        self.lines = lines(alias)
        self.source = source
        self.digest = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()

    def __call__(self, keys: Sequence[str], args: Sequence[str | bytes | int]) -> Any:
        """Run it; Redis is sent the text only if it does not know it yet."""
        return self.with_others(keys, args, ())[0]

    def with_others(
        self, keys: Sequence[str], args: Sequence[str | bytes | int], others: Sequence[Command]
    ) -> list[Any]:
        """Run it, and commands after it in the same way there and back; gives all the answers.

        An error of another command is an answer. The others may run before the script does, if
        Redis has to be sent the text.
        """
        answers = self.lines.ask_all((("EVALSHA", self.digest, len(keys), *keys, *args), *others))
        try:
            if isinstance(answers[0], NoScriptError):
                answers[0] = self.lines.ask("EVAL", self.source, len(keys), *keys, *args)
            elif isinstance(answers[0], Exception):
                raise answers[0]
        except ResponseError as problem:
            raise within(problem) from None
        return answers

    def soon(self, keys: Sequence[str], args: Sequence[str | bytes | int]) -> None:
        """Have it run without waiting for the end; what it answers is lost, its text is sent."""
        self.lines.tell("EVAL", self.source, len(keys), *keys, *args)


def within(problem: ResponseError) -> ResponseError:
    """Find the error of the command that failed in a script: Redis 6 tells it as part of a text."""
    for kind, mark in ((OutOfMemoryError, "-OOM "), (ReadOnlyError, "-READONLY ")):
        if mark in str(problem):
            return kind(str(problem))
    return problem


@functools.cache
def lines(alias: str) -> "Lines":
    """Return the connections of `settings.REDIS[alias]` that scripts use."""
    return Lines(client(alias), settings.REDIS[alias]["TIMEOUT"])


def close() -> None:
    """Close the connections of this thread's event loop, which ends."""
    for alias in settings.REDIS:
        lines(alias).close()
