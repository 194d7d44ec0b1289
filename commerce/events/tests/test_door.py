"""A relay can be looked at as a web role can."""

import urllib.error
import urllib.request

import pytest

from commerce.events import pressure
from commerce.events.door import open_door
from commerce.events.models import Delivery


@pytest.fixture
def door():
    with open_door("127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


def read(url: str, **headers: str) -> str:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
        return answer.read().decode()


def test_says_that_it_lives(door):
    assert '"status":"live"' in read(f"{door}/health/live")


@pytest.mark.django_db
def test_tells_how_many_deliveries_are_dead(door, announce, bakery):
    Delivery.objects.all().delete()
    pressure.report()
    assert 'halles_outbox_deliveries{state="dead"} 0.0' in read(f"{door}/metrics")


@pytest.mark.parametrize("path", ["/", "/admin/", "/metrics/more"])
def test_has_no_other_page(door, path):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        read(door + path)


def test_tells_nothing_to_whom_a_proxy_brings(door):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        read(f"{door}/metrics", **{"X-Forwarded-For": "203.0.113.9"})
