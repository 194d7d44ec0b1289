"""Figures for Prometheus; with PROMETHEUS_MULTIPROC_DIR set, those of all processes of a role."""

import functools
import os
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)  # seconds

REQUESTS = Histogram(
    "halles_http_request_seconds",
    "Time to answer a request, by route template.",
    ["method", "route", "status"],
    buckets=BUCKETS,
)
SERVICE_CALLS = Histogram(
    "halles_service_call_seconds",
    "Time one context waited for another.",
    ["service", "operation", "outcome"],
    buckets=BUCKETS,
)
OUTBOX = Gauge(
    "halles_outbox_deliveries",
    "Facts not yet handled, by state (waiting, dead).",
    ["state"],
    multiprocess_mode="mostrecent",
)
OUTBOX_AGE = Gauge(
    "halles_outbox_oldest_seconds",
    "Age of the oldest fact not yet handled.",
    multiprocess_mode="mostrecent",
)
FAILED_OPEN = Counter(
    "halles_failed_open_total",
    "Times a guard let somebody pass because its store did not answer.",
    ["guard"],
)
TURNED_AWAY = Counter(
    "halles_turned_away_total",
    "Requests answered with 503 because they had waited too long for their turn.",
)


class service_call:  # noqa: N801 - a context, like contextlib.suppress
    """Times a call to another context; a refusal it declares counts by the refusal's name."""

    def __init__(self, service: str, operation: str) -> None:
        self.called = service, operation

    def __enter__(self) -> None:
        self.started = perf_counter()

    def __exit__(self, problem: type[BaseException] | None, *rest: object) -> None:
        outcome = problem.__name__ if problem else "answered"
        figures(SERVICE_CALLS, *self.called, outcome).observe(perf_counter() - self.started)


@functools.cache
def figures(histogram: Histogram, *labels: str | int) -> Histogram:
    """Find the figures of some labels, of which there are few: routes, operations, outcomes."""
    return histogram.labels(*labels)


def exposition() -> bytes:
    """Write every figure in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
