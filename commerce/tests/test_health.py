"""Probes learn the truth, quickly, and only from inside."""

import socket

import pytest
from django.db import connection
from django.test import Client

from commerce.redis import client as redis_client

PROBES = ["/health/live", "/health/ready", "/metrics"]


@pytest.fixture
def nowhere():
    """Return a port that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        yield silent.getsockname()[1]


def elsewhere(settings, alias, port):
    settings.REDIS = settings.REDIS | {
        alias: {"LOCATION": f"redis://127.0.0.1:{port}/0", "TIMEOUT": 0.3}
    }


@pytest.fixture
def probe(settings, monkeypatch):
    """Ask with new clients: those that others keep stay as they are."""
    settings.ROOT_URLCONF = "commerce.rest.tests.shop"
    monkeypatch.setattr("commerce.health.client", redis_client.__wrapped__)
    return Client().get


def test_lives_without_any_store(probe, settings):
    elsewhere(settings, "default", 1)
    answer = probe("/health/live")
    assert (answer.status_code, answer.json()["status"]) == (200, "live")


def test_ready_names_every_store_with_its_time(probe, settings):
    answer = probe("/health/ready")
    checks = answer.json()["checks"]
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
    assert set(checks) == {"database:default", *(f"redis:{alias}" for alias in settings.REDIS)}
    assert all(check["ok"] and check["ms"] >= 0 for check in checks.values())
    assert answer.headers["Cache-Control"] == "no-store"


def test_unready_without_redis(probe, settings):
    elsewhere(settings, "carts", 1)
    answer = probe("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "unready")
    assert answer.json()["checks"]["redis:carts"] == {"ok": False, "error": "ConnectionError"}
    assert answer.json()["checks"]["redis:default"]["ok"]


def test_unready_when_the_database_is_silent(probe, settings, nowhere, monkeypatch):
    parameters = connection.get_connection_params() | {"host": "127.0.0.1", "port": str(nowhere)}
    monkeypatch.setattr(connection, "get_connection_params", lambda: parameters)
    answer = probe("/health/ready")
    assert answer.status_code == 503
    error = answer.json()["checks"]["database:default"]["error"]
    assert error == "no answer within 1 s"


def test_remote_service_is_reported_but_does_not_count(probe, settings):
    remote = {"BACKEND": "commerce.services.http.Remote", "LOCATION": "http://127.0.0.1:1"}
    settings.SERVICES = settings.SERVICES | {"stock": remote}
    answer = probe("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["services"]["stock"]["ok"] is False


def test_metrics_count_requests_by_route(probe):
    probe("/api/mugs/v1/corner")
    text = probe("/metrics").content.decode()
    assert 'route="api/mugs/v1/<shop>",status="200"' in text
    assert "corner" not in text


@pytest.mark.parametrize("path", PROBES)
@pytest.mark.parametrize(
    "origin",
    [
        {"REMOTE_ADDR": "203.0.113.7"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"REMOTE_ADDR": "169.254.169.254"},
        {"REMOTE_ADDR": "2001:db8::1"},
        {"HTTP_AUTHORIZATION": "Bearer ", "REMOTE_ADDR": "203.0.113.7"},
    ],
)
def test_strangers_find_nothing(probe, path, origin):
    assert probe(path, **origin).status_code == 404


def test_token_opens_metrics_to_a_stranger(probe, settings):
    settings.METRICS_TOKEN = "letmein"
    stranger = {"REMOTE_ADDR": "203.0.113.7"}
    assert probe("/metrics", HTTP_AUTHORIZATION="Bearer letmein", **stranger).status_code == 200
    assert probe("/metrics", HTTP_AUTHORIZATION="Bearer other", **stranger).status_code == 404


@pytest.mark.parametrize("path", PROBES)
def test_probe_may_use_any_host_name_and_leaves_no_cookie(probe, settings, path):
    settings.ALLOWED_HOSTS = ["shop.example"]
    answer = probe(path, HTTP_HOST="10.0.0.7:8000")
    assert answer.status_code == 200
    assert not answer.cookies
