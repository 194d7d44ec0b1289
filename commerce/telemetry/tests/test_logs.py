"""Log lines are JSON, one a request, and hold neither secrets nor people."""

import io
import json
import logging
import os

import pytest
import structlog
from django.http import HttpResponse
from django.urls import path

from commerce.telemetry import bind
from commerce.telemetry.logs import configure


def greet(request, cart):
    bind(cart_items=2)
    return HttpResponse("hello")


urlpatterns = [path("hello/<cart>", greet)]


@pytest.fixture
def lines(monkeypatch):
    """Capture what the configured handler writes."""
    written = io.StringIO()
    handlers, level = logging.root.handlers[:], logging.root.level
    configure({"LEVEL": "INFO"})
    monkeypatch.setattr(logging.root.handlers[0], "stream", written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.mark.urls(__name__)
def test_one_line_tells_how_a_request_went(client, lines):
    traceparent = f"00-{'a' * 32}-{'b' * 16}-01"
    answer = client.get("/hello/cart_SECRET?token=SECRET", headers={"traceparent": traceparent})
    [line] = lines()
    assert line.pop("ms") > 0
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "request",
        "method": "GET",
        "route": "hello/<cart>",
        "status": 200,
        "request_id": "a" * 32,
        "cart_items": 2,
        "logger": "halles.request",
        "level": "info",
    }
    assert answer.headers["X-Request-Id"] == "a" * 32


@pytest.mark.parametrize(
    ("values", "secret"),
    [
        ({"token": "abcdef"}, "abcdef"),
        ({"customer_email": "abcdef"}, "abcdef"),
        ({"shipping_address": {"line1": "abcdef"}}, "abcdef"),
        ({"order": {"password": "abcdef"}}, "abcdef"),
        ({"note": "write to alice@example.com now"}, "alice"),
        ({"note": "key sk_abcdefabcdef was used"}, "abcdefabcdef"),
        ({"note": "Authorization: Bearer abcdef"}, "abcdef"),
        ({"url": "postgresql://halles:abcdef@db/halles"}, "abcdef"),
        ({"notes": ["alice@example.com"]}, "alice"),
    ],
)
def test_secrets_and_people_are_hidden(lines, values, secret):
    structlog.get_logger("test").info("said", **values)
    assert secret not in json.dumps(lines())
    assert "[hidden]" in json.dumps(lines())


def test_secrets_in_a_trace_are_hidden(lines):
    try:
        raise ValueError("duplicate key (alice@example.com)")
    except ValueError:
        logging.getLogger("library").exception("failed")
    [line] = lines()
    assert "alice" not in json.dumps(line)
    assert "ValueError" in line["exception"]


@pytest.mark.urls(__name__)
def test_a_handler_of_others_gets_a_whole_record(client, caplog):
    caplog.handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(name)s %(levelname)s"))
    client.get("/hello/cart_1")
    assert caplog.text.endswith(f" {os.getpid()} halles.request INFO\n")
