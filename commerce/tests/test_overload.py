"""Whoever waited too long for a thread is told to come back, before anything is done."""

import pytest

from commerce import overload


@pytest.fixture
def waited(monkeypatch):
    return lambda seconds: monkeypatch.setattr(overload.queue, "waited", seconds, raising=False)


@pytest.mark.parametrize("path", ["/api", "/no-such-page"])
def test_who_waited_too_long_is_told_to_come_back(client, waited, path):
    waited(1.5)
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.headers["Content-Length"] == str(len(answer.content))


def test_who_waited_a_little_is_served(client, waited):
    waited(0.5)
    assert client.get("/api").status_code == 200


def test_probes_are_always_answered(client, waited):
    waited(1.5)
    assert client.get("/health/live").status_code == 200
