"""With HALLES_NO_IO no test, and no role that a test starts, waits in an open transaction."""

import socket
from collections.abc import Iterator

import pytest
from django.db import transaction

from commerce.testing import no_io

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def line(monkeypatch) -> Iterator[socket.socket]:
    """A socket that refuses, with somebody who listens at its other end."""
    for verb in no_io.VERBS:
        monkeypatch.setattr(socket.socket, verb, no_io.refusing(verb))
    here, there = socket.socketpair()
    with here, there:
        yield here


def test_nobody_is_asked_in_a_transaction(line):
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        line.sendall(b"PING")


def test_everybody_may_be_asked_after_it(line):
    with transaction.atomic():
        transaction.on_commit(lambda: line.sendall(b"PING"))
    line.sendall(b"PING")
