"""Answers probes and scrapes before anything else of the shop is touched.

Live: the process runs. Ready: it reaches its stores. Metrics: its figures. They are for the
machine, private networks and whoever has METRICS_TOKEN; to everybody else they are not there.
"""

import hmac
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from ipaddress import ip_address, ip_network
from time import perf_counter
from typing import Any

import msgspec
import psycopg
import urllib3
from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from prometheus_client import CONTENT_TYPE_LATEST

from commerce.redis import client
from commerce.telemetry.metrics import exposition

PATIENCE = 1.0  # seconds for each check, all of them at once
INTERNAL = [
    ip_network(network)
    for network in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1",
        "fc00::/7",
    )
]
Check = Callable[[], object]


class HealthMiddleware:
    """Stands outermost, so that a probe needs no session, host name or working view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = ANSWERS.get(request.path_info)
        if answer and is_internal(request):
            return answer()
        return self.get_response(request)


def is_internal(request: HttpRequest) -> bool:
    """Tell whether the machine, its network, or a holder of the token asks, and no proxy."""
    token = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = request.headers.get("Authorization", "").encode("utf-8", "replace")
    if settings.METRICS_TOKEN and hmac.compare_digest(token, given):
        return True
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    with suppress(ValueError):
        address = ip_address(request.META.get("REMOTE_ADDR") or "127.0.0.1")
        return any(address in network for network in INTERNAL)
    return False


def live() -> HttpResponse:
    """Say that this process answers."""
    return reply(200, {"status": "live", "role": settings.PROCESS_NAME})


def ready() -> HttpResponse:
    """Say whether every store answers; other services are reported, but do not count."""
    stores, services = measure(dict(stores_of_this_process())), measure(dict(remote_services()))
    is_ready = all(result["ok"] for result in stores.values())
    return reply(
        200 if is_ready else 503,
        {"status": "ready" if is_ready else "unready", "checks": stores, "services": services},
    )


def metrics() -> HttpResponse:
    """Write the figures for Prometheus."""
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def reply(status: int, body: dict[str, Any]) -> HttpResponse:
    """Write an answer that nobody may keep."""
    headers = {"Cache-Control": "no-store"}
    content = msgspec.json.encode(body)
    return HttpResponse(content, status=status, headers=headers, content_type="application/json")


def stores_of_this_process() -> Iterator[tuple[str, Check]]:
    """List a check for each database and each Redis."""
    for alias in settings.DATABASES:
        parameters = connections[alias].get_connection_params()
        yield f"database:{alias}", partial(ask_database, parameters)
    for alias in settings.REDIS:
        yield f"redis:{alias}", client(alias).ping


def remote_services() -> Iterator[tuple[str, Check]]:
    """List a check for each context that another process provides."""
    for name, entry in settings.SERVICES.items():
        if location := entry.get("LOCATION"):
            yield name, partial(ask_service, location)


def ask_database(parameters: dict[str, Any]) -> None:
    """Open a connection of its own, which says whether the next one can be made."""
    with psycopg.connect(**parameters, autocommit=True) as connection:
        connection.execute("SELECT 1")


def ask_service(location: str) -> None:
    """Ask another process whether it lives."""
    url = f"{location.rstrip('/')}/health/live"
    answer = urllib3.request("GET", url, timeout=PATIENCE, retries=False)
    if answer.status != 200:
        raise ConnectionError(f"HTTP {answer.status}")


def measure(checks: dict[str, Check]) -> dict[str, dict[str, Any]]:
    """Run checks at the same time; one that takes too long counts as failed."""
    if not checks:
        return {}
    threads = ThreadPoolExecutor(len(checks), thread_name_prefix="health")
    started = perf_counter()
    running = {name: threads.submit(timed, check) for name, check in checks.items()}
    results = {name: outcome(each, started) for name, each in running.items()}
    threads.shutdown(wait=False)
    return results


def timed(check: Check) -> float:
    """Run a check and return the milliseconds it took."""
    started = perf_counter()
    check()
    return round((perf_counter() - started) * 1000, 1)


def outcome(running: "Future[float]", started: float) -> dict[str, Any]:
    """Say how a check ended, by the name of its failure: the text may hold addresses."""
    try:
        problem = running.exception(max(0.0, started + PATIENCE - perf_counter()))
    except TimeoutError:
        return {"ok": False, "error": f"no answer within {PATIENCE:g} s"}
    if problem:
        return {"ok": False, "error": type(problem).__name__}
    return {"ok": True, "ms": running.result()}


ANSWERS: dict[str, Callable[[], HttpResponse]] = {
    "/health/live": live,
    "/health/ready": ready,
    "/metrics": metrics,
}
