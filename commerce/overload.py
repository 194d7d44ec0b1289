"""Turns people away in time when more come than can be served, so that the others are served.

A request that has waited too long for a thread is answered with 503 and Retry-After before any
work is done for it: whoever sent it has given up, or will be let in sooner by coming back.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from gunicorn.workers.gthread import ThreadWorker

from commerce.rest.errors import refuse
from commerce.rest.problems import Problem
from commerce.telemetry.metrics import TURNED_AWAY

PATIENCE = 1.0  # seconds
RETRY_AFTER = 2  # seconds

queue = threading.local()


class Worker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's threads, which know since when a request has been waiting for them."""

    def enqueue_req(self, conn: Any) -> None:
        """Put a request in the queue."""
        conn.since = time.monotonic()
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Take it from the queue."""
        queue.waited = time.monotonic() - conn.since
        return super().handle(conn)


class OverloadMiddleware:
    """Answers what has waited too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if getattr(queue, "waited", 0.0) > PATIENCE:
            TURNED_AWAY.inc()
            answer = refuse(request, Problem("unavailable", retry_after=RETRY_AFTER))
            answer.headers["Content-Length"] = str(len(answer.content))
            return answer
        return self.get_response(request)
