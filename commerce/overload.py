"""Turns people away in time when more come than can be served, so that the others are served.

A request that has waited too long for its turn is answered with 503 and Retry-After before any
work is done for it: whoever sent it has given up, or will be let in sooner by coming back. Where
others have been waiting for long already, whoever comes is told so at once, which costs least.
"""

import time
from collections.abc import Callable

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from commerce.rest.errors import refuse
from commerce.rest.problems import MEDIA_TYPE, Problem
from commerce.telemetry.metrics import TURNED_AWAY

PATIENCE = 1.0  # seconds
RETRY_AFTER = 2  # seconds
TURNED_AWAY_HEAD = (
    b"content-type: %b\r\ncache-control: no-store\r\nretry-after: %d\r\ncontent-length: %%d\r\n\r\n"
    % (MEDIA_TYPE.encode(), RETRY_AFTER)
)
SINCE = "halles.since"  # in the environment of a request: when it came, by the monotonic clock


class OverloadMiddleware:
    """Answers what has waited too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        now = time.monotonic()
        if now - request.META.get(SINCE, now) > PATIENCE:
            return turn_away(request)
        return self.get_response(request)


def turn_away(request: HttpRequest) -> HttpResponse:
    """Ask somebody to come back."""
    TURNED_AWAY.inc()
    answer = refuse(request, Problem("unavailable", retry_after=RETRY_AFTER))
    answer.headers["Content-Length"] = str(len(answer.content))
    return answer


def turned_away(path: str) -> tuple[int, bytes]:
    """Ask a program to come back, in one piece: the status, and everything that follows it."""
    TURNED_AWAY.inc()
    problem = Problem("unavailable", retry_after=RETRY_AFTER)
    content = msgspec.json.encode(problem.to_json(path))
    return problem.status, TURNED_AWAY_HEAD % len(content) + content
