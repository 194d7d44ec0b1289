"""What an add over the API asks of database and Redis."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from redis import Redis

from commerce.redis import Lines, client
from commerce.testing import deliver_all

pytestmark = pytest.mark.usefixtures("house")


@contextmanager
def counting(monkeypatch) -> Iterator[list[str]]:
    """Note by purpose whatever is sent to Redis: each is a way there and back."""
    sent, ask, tell, execute = [], Lines.ask_all, Lines.tell, Redis.execute_command
    purposes = {id(client(alias)): alias for alias in settings.REDIS}

    def asked(self, commands):
        sent.append(purposes[id(self.owner)])
        return ask(self, commands)

    def told(self, *command):
        sent.append(purposes[id(self.owner)])
        return tell(self, *command)

    def executed(self, *command, **options):
        sent.append(purposes[id(self)])
        return execute(self, *command, **options)

    monkeypatch.setattr(Lines, "ask_all", asked)
    monkeypatch.setattr(Lines, "tell", told)
    monkeypatch.setattr(Redis, "execute_command", executed)
    yield sent
    monkeypatch.undo()


def test_adding_is_lean(alice, monkeypatch, django_assert_num_queries):
    """One statement, and two ways to the cart; the limits ask for nothing from a usual shopper."""
    monkeypatch.setattr(settings, "LIMITS", True)
    alice.add("MUG")
    with django_assert_num_queries(1), counting(monkeypatch) as sent:
        answer = alice.add("MUG")
    assert sent == ["carts", "carts"]
    assert answer.status_code == 201
    assert not answer.cookies


@pytest.mark.parametrize("met", [True, False])
def test_adding_what_this_process_has_not_met_is_lean(
    alice, monkeypatch, django_assert_num_queries, met
):
    """One statement if its facts have arrived; else catalogue and price list are asked, once."""
    alice.add("MUG")
    if met:
        deliver_all()
    with django_assert_num_queries(1 if met else 5), counting(monkeypatch) as sent:
        alice.add("TEE")
    assert sent == ["carts", "carts"]
