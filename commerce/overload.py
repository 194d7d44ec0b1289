"""Turns people away in time when more come than can be served, so that the others are served.

A request that has waited too long for its turn is answered with 503 and Retry-After before any
work is done for it: whoever sent it has given up, or will be let in sooner by coming back. Where
others have been waiting for long already, whoever comes is told so at once, which costs least.
"""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from commerce.rest.errors import refuse
from commerce.rest.problems import Problem
from commerce.telemetry.metrics import TURNED_AWAY

PATIENCE = 1.0  # seconds
RETRY_AFTER = 2  # seconds
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


def is_crowded(longest: float) -> bool:
    """Tell whether whoever comes now will hardly be served in time: others wait so many seconds."""
    return longest > PATIENCE / 2


def turn_away(request: HttpRequest) -> HttpResponse:
    """Ask somebody to come back."""
    TURNED_AWAY.inc()
    answer = refuse(request, Problem("unavailable", retry_after=RETRY_AFTER))
    answer.headers["Content-Length"] = str(len(answer.content))
    return answer
