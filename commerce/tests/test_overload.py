"""Whoever waited too long for their turn is told to come back, before anything is done."""

import time

import pytest

from commerce.overload import SINCE


def waited(seconds):
    return {SINCE: time.monotonic() - seconds}


@pytest.mark.parametrize("path", ["/api", "/no-such-page"])
def test_who_waited_too_long_is_told_to_come_back(client, path):
    answer = client.get(path, **waited(1.5))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.headers["Content-Length"] == str(len(answer.content))


def test_who_waited_a_little_is_served(client):
    assert client.get("/api", **waited(0.5)).status_code == 200


def test_probes_are_always_answered(client):
    assert client.get("/health/live", **waited(1.5)).status_code == 200
