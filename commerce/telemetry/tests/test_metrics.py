"""Figures: requests by route, calls by outcome."""

import os
import subprocess
import sys

import pytest

from commerce.telemetry import metrics


def test_service_call_counts_by_its_outcome():
    class OutOfMugs(Exception):
        pass

    with metrics.service_call("mugs", "take"):
        pass
    with pytest.raises(OutOfMugs), metrics.service_call("mugs", "take"):
        raise OutOfMugs
    text = metrics.exposition().decode()
    for outcome in ("answered", "OutOfMugs"):
        line = f'operation="take",outcome="{outcome}",service="mugs"}} 1.0'
        assert f"halles_service_call_seconds_count{{{line}" in text


def test_every_process_of_a_role_is_counted(tmp_path):
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    count = "metrics.FAILED_OPEN.labels('throttle').inc()"
    for command in (count, count, "print(metrics.exposition().decode())"):
        program = f"from commerce.telemetry import metrics; {command}"
        answer = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, check=True
        )
    assert 'halles_failed_open_total{guard="throttle"} 2.0' in answer.stdout.decode()
