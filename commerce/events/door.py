"""Lets probes and Prometheus ask a process that serves nobody else, as they ask the web role."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from commerce.health import HealthMiddleware


class Quiet(WSGIRequestHandler):
    """Writes no line for each look."""

    timeout = 5  # seconds that somebody may take to ask

    def log_message(self, format: str, *words: Any) -> None:
        """Say nothing."""


@contextmanager
def open_door(host: str, port: int) -> Iterator[int]:
    """Answer /health/live, /health/ready and /metrics for a while; gives the port."""
    with make_server(host, port, answer, handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def answer(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
    """Answer one request."""
    response = healthy(WSGIRequest(environ))
    start(f"{response.status_code} {response.reason_phrase}", [*response.items()])
    return [response.content]


def nothing_else(request: HttpRequest) -> HttpResponse:
    """Have no other page."""
    return HttpResponseNotFound()


healthy: Any = HealthMiddleware(nothing_else)
