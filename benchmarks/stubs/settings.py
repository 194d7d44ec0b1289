"""The stock process, with answers that are ready at once."""

from config.settings.split.stock import *  # noqa: F403

SERVICES = {"stock": {"BACKEND": "benchmarks.stubs.stock.Instant"}}
