"""Figures of payments for Prometheus."""

from prometheus_client import Gauge

DIFFERENCES = Gauge(
    "halles_payment_differences",
    "Amounts that are others in a provider's books than in ours, at the last look.",
    ["provider"],
    multiprocess_mode="mostrecent",
)
