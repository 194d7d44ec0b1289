"""The shop behind a proxy that names shoppers' addresses, and views to compare with."""

from config.settings.development import *  # noqa: F403

ROOT_URLCONF = "benchmarks.stubs.urls"
TRUSTED_PROXIES = 1
