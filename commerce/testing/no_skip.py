"""A pytest plugin: with HALLES_NO_SKIP=1 a skipped test is a failed test.

A skip is right on a machine that lacks a browser and wrong where everything was installed.
"""

import os
from collections.abc import Generator
from typing import Any

import pytest

NOTHING_MAY_SKIP = os.environ.get("HALLES_NO_SKIP") == "1"


def refuse(report: Any) -> None:
    """Turn a skip into a failure that repeats the reason."""
    if NOTHING_MAY_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Nothing may skip here (HALLES_NO_SKIP=1). {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Look at the outcome of each test."""
    report = yield
    refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Look at modules that skip themselves as a whole."""
    report = yield
    refuse(report)
    return report
