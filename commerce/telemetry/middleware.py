"""One log line and one measurement for each request."""

import logging
from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponseBase

from .logs import write
from .metrics import REQUESTS, figures
from .trace import following, request_id

log = logging.getLogger("halles.request")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class RequestMiddleware:
    """Gives the request its id, says so in X-Request-Id, and records how it went.

    A line names the route's template, never the path: paths hold ids of carts and orders.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = perf_counter()
        with following(request.headers.get("traceparent")):
            response = self.get_response(request)
            response.headers["X-Request-Id"] = request_id()
            record(request, response.status_code, perf_counter() - started)
        return response


def record(request: HttpRequest, status: int, seconds: float) -> None:
    """Write the request's line and add it to the figures."""
    method = request.method if request.method in METHODS else "other"
    route = request.resolver_match.route if request.resolver_match else "unmatched"
    figures(REQUESTS, method, route, status).observe(seconds)
    level = logging.ERROR if status >= 500 else logging.INFO
    if log.isEnabledFor(level):
        took = round(seconds * 1000, 1)
        write(log, level, "request", method=method, route=route, status=status, ms=took)
