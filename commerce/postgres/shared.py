"""PostgreSQL for an event loop: a few connections, each with many statements under way at once.

They travel in pipeline mode, each with a Sync of its own, so that each is a transaction of its own
and fails alone: https://www.postgresql.org/docs/current/libpq-pipeline-mode.html.
"""

import asyncio
import functools
import os
import re
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg
from django import db
from django.db import connections
from psycopg import abc
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGresult

from commerce.greenlets import Joined
from commerce.patience import Asked, Question

from . import unsent

LINES = 4  # connections at most
STALLED = 0.02  # seconds without an answer after which the next statement takes another connection
PATIENCE = 5.0  # seconds without an answer after which a connection is given up
Row = tuple[Any, ...]
Statement = tuple[str, tuple[int, ...]]


def as_django(problem: Exception) -> Exception:
    """Turn an error of the driver into Django's of the same name, which has it as its cause."""
    for kind in type(problem).__mro__:
        if issubclass(kind, psycopg.Error) and (known := getattr(db, kind.__name__, None)):
            told: Exception = known(*problem.args)
            told.__cause__ = problem
            return told
    return problem


class Asking(Question):
    """A statement whose rows somebody waits for."""

    is_first = False  # it goes with the name it is to have from now on

    def __init__(self, statement: Statement, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.statement = statement

    def hear(self, results: list[PGresult], adapter: abc.Transformer) -> bool:
        """Hand out the rows, or the first error; tells whether there were rows."""
        failed = next((each for each in results if each.status == ExecStatus.FATAL_ERROR), None)
        if failed or not results or results[-1].status != ExecStatus.TUPLES_OK:
            silent = psycopg.OperationalError("PostgreSQL has not answered the statement")
            self.fail(error_from_result(failed) if failed else silent)
            return False
        adapter.set_pgresult(results[-1], format=Format.BINARY)
        self.settle(adapter.load_rows(0, results[-1].ntuples, tuple))
        return True

    def fail(self, problem: Exception) -> None:
        """Say it as Django does."""
        super().fail(as_django(problem))


class Line:
    """One connection."""

    def __init__(self, opened: "psycopg.Connection[Any]") -> None:
        self.opened = opened
        self.adapter = Transformer(opened)  # remembers how each type is written and read
        self.server = opened.pgconn
        self.server.nonblocking = 1
        self.server.enter_pipeline_mode()
        self.loop = asyncio.get_running_loop()
        self.socket = os.dup(self.server.socket)  # the server's is closed whenever libpq likes
        self.loop.add_reader(self.socket, self.hear)
        self.asked: Asked[Asking] = Asked(
            PATIENCE, lambda: self.end(psycopg.OperationalError("PostgreSQL does not answer"))
        )
        self.heard: list[PGresult] = []
        self.known: dict[Statement, bytes] = {}
        self.numbers = count()
        self.is_leaving = False
        self.is_open = True

    @property
    def is_stalled(self) -> bool:
        """Whether somebody has been waiting for long: for a lock, most likely."""
        return bool(self.asked) and self.loop.time() - self.asked[0].since > STALLED

    def ask(self, sql: str, parameters: Sequence[Any]) -> "asyncio.Future[list[Row]]":
        """Send a statement; what comes of it is a future."""
        formats = [PyFormat.BINARY] * len(parameters)
        values = self.adapter.dump_sequence(parameters, formats)
        question = Asking((sql, self.adapter.types or ()), self.loop)
        try:
            self.send(question, values)
        except psycopg.Error as problem:
            self.end(problem)
            question.fail(problem)
            return question.answer
        self.asked.put(question)
        return question.answer

    def send(self, question: Asking, values: Any) -> None:
        """Put a statement on the line, and before its first time what it is to be called."""
        sql, types = question.statement
        formats = self.adapter.formats
        if self.opened.prepare_threshold is None:  # what is in between may change the server
            self.server.send_query_params(numbered(sql), values, types, formats, Format.BINARY)
        else:
            name = self.known.get(question.statement)
            if name is None:
                name = self.known[question.statement] = f"halles_{next(self.numbers)}".encode()
                self.server.send_prepare(name, numbered(sql), types)
                question.is_first = True
            self.server.send_query_prepared(name, values, formats, Format.BINARY)
        unsent.sync(self.server)
        if not self.is_leaving:
            self.is_leaving = True
            self.loop.call_soon(self.leave)

    def leave(self) -> None:
        """Have everything leave that was asked in this turn of the loop, or when there is room."""
        self.is_leaving = False
        if not self.is_open:
            return
        try:
            is_full = self.server.flush()
        except psycopg.Error as problem:
            self.end(problem)
            return
        if is_full:
            self.loop.add_writer(self.socket, self.leave)
        else:
            self.loop.remove_writer(self.socket)

    def hear(self) -> None:
        """Hand out what the server has answered."""
        try:
            self.server.consume_input()
            self.read()
        except psycopg.Error as problem:
            self.end(problem)
        if self.is_open and self.server.status == ConnStatus.BAD:
            self.end(psycopg.OperationalError("PostgreSQL has closed the connection"))

    def read(self) -> None:
        """Take results for as long as there are any; two silences in a row are the end of them."""
        silent = False
        while not self.server.is_busy():
            result = self.server.get_result()
            if result is None:
                if silent:
                    break
                silent = True
                continue
            silent = False
            if result.status == ExecStatus.PIPELINE_SYNC:
                self.settle()
            else:
                self.heard.append(result)

    def settle(self) -> None:
        """End the oldest question; a statement that failed at first is named anew."""
        question, results = self.asked.popleft(), self.heard
        self.heard = []
        if not question.hear(results, self.adapter) and question.is_first:
            self.known.pop(question.statement, None)

    def end(self, problem: Exception) -> None:
        """Close, and let nobody wait."""
        if not self.is_open:
            return
        self.is_open = False
        self.loop.remove_reader(self.socket)
        self.loop.remove_writer(self.socket)
        os.close(self.socket)
        self.opened.close()
        self.asked.end(problem)


class Lines:
    """The connections of one event loop, opened when they are needed."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.lines: list[Line] = []
        self.open_another = Joined(self._open)

    def ask(self, sql: str, parameters: Sequence[Any]) -> Awaitable[list[Row]]:
        """Ask on the first connection that does not stall; the rows can be awaited."""
        for line in self.lines:
            if line.is_open and not line.is_stalled:
                return line.ask(sql, parameters)
        return self.ask_another(sql, parameters)

    async def ask_another(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        """Ask on another connection."""
        return await (await self.another()).ask(sql, parameters)

    async def another(self) -> Line:
        """Open one more connection, or choose the one with the shortest queue."""
        self.lines = [line for line in self.lines if line.is_open]
        if len(self.lines) < LINES:
            return await self.open_another()
        return min(self.lines, key=lambda line: len(line.asked))

    def close(self) -> None:
        """Close every connection."""
        for line in self.lines:
            line.end(psycopg.OperationalError("the shop is closing"))

    async def _open(self) -> Line:
        opened = await self.loop.run_in_executor(None, connected)
        line = Line(opened)
        self.lines.append(line)
        return line


@dataclass
class Process:
    """What the event loop of this process uses."""

    lines: Lines | None = None


process = Process()


def ask(sql: str, parameters: Sequence[Any]) -> Awaitable[list[Row]]:
    """Ask one statement, prepared, in a transaction of its own."""
    loop = asyncio.get_running_loop()
    if process.lines is None or process.lines.loop is not loop:
        process.lines = Lines(loop)
    return process.lines.ask(sql, parameters)


def close() -> None:
    """Close the connections of the event loop, which ends."""
    if process.lines is not None:
        process.lines.close()
        process.lines = None


def connected() -> "psycopg.Connection[Any]":
    """Connect as Django does, and take its connection away from this thread."""
    ours = connections["default"]
    ours.close()
    ours.ensure_connection()
    opened: psycopg.Connection[Any] = ours.connection
    ours.connection = None
    return opened


@functools.cache
def numbered(sql: str) -> bytes:
    """Write the placeholders as the server knows them."""
    number = count(1)
    return re.sub("%(.)", lambda m: "%" if m[1] == "%" else f"${next(number)}", sql).encode()
