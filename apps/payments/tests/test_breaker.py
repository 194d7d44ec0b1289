"""A provider that does not answer is left alone, by every process."""

import pytest

from apps.payments.domain import NoAnswer
from apps.payments.providers import breaker as breaking
from apps.payments.providers.breaker import Breaker
from commerce.redis import client


class Line:
    """A provider that answers or not, and counts how often it was asked."""

    def __init__(self):
        self.asked, self.is_dead = 0, True

    def __call__(self):
        self.asked += 1
        if self.is_dead:
            raise NoAnswer
        return "yes"


@pytest.fixture
def line():
    clean()
    yield Line()
    clean()


def clean():
    client().delete("payments:open:x", "payments:failures:x")


def ask(breaker, line, times=1):
    for _ in range(times):
        with pytest.raises(NoAnswer):
            breaker.call(line)


def test_asks_five_times_and_no_more(line):
    ask(Breaker("x"), line, 20)
    assert line.asked == 5


def test_processes_count_together(line):
    ask(Breaker("x"), line, 3)
    ask(Breaker("x"), line, 20)
    assert line.asked == 5
    ask(Breaker("x"), line)
    assert line.asked == 5


def test_each_provider_is_counted_alone(line):
    ask(Breaker("x"), line, 5)
    line.is_dead = False
    assert Breaker("y").call(line) == "yes"


def test_answers_in_between_change_nothing(line):
    breaker = Breaker("x")
    for _ in range(5):
        assert breaker.call(lambda: "yes") == "yes"
        ask(breaker, line)
    ask(breaker, line, 5)
    assert line.asked == 5


def test_asks_again_when_the_time_is_over_and_gives_up_sooner(line, monkeypatch):
    monkeypatch.setattr(breaking, "LOOK", 0)
    breaker = Breaker("x")
    ask(breaker, line, 5)
    client().delete("payments:open:x")  # as it expires
    ask(breaker, line, 3)
    assert line.asked == 6
    client().delete("payments:open:x")
    line.is_dead = False
    assert breaker.call(line) == "yes"


def test_failures_are_forgotten_by_themselves(line):
    ask(Breaker("x"), line)
    assert 0 < client().ttl("payments:failures:x") <= 30
    ask(Breaker("x"), line, 5)
    assert 0 < client().ttl("payments:open:x") <= 30


def test_asks_while_redis_is_away(line, settings, monkeypatch):
    monkeypatch.setattr(breaking, "client", lambda: client("gone"))
    gone = settings.REDIS["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.REDIS = settings.REDIS | {"gone": gone}
    ask(Breaker("x"), line, 7)
    assert line.asked == 7


def test_a_refusal_is_an_answer(line):
    def refuse():
        raise ValueError

    breaker = Breaker("x")
    for _ in range(9):
        with pytest.raises(ValueError):  # noqa: PT011 - any error but silence
            breaker.call(refuse)
    line.is_dead = False
    assert breaker.call(line) == "yes"
