"""The five calls of README.md, as a reader pastes them into a shell."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from apps.catalog.interface import Kind
from commerce.environment import ROOT
from commerce.rest.keys import storefront_key
from commerce.testing.processes import running
from tests.journeys.partner import sell

FIVE_CALLS = re.compile(r"<!-- five-calls -->\n```bash\n(.*?)```\n<!-- /five-calls -->", re.DOTALL)


def paste(calls: str, url: str) -> subprocess.CompletedProcess[str]:
    """Run the calls in bash, with this Python as `python3`, and a `curl` where there is none."""
    programs = [str(Path(sys.executable).parent), os.environ["PATH"], str(Path(__file__).parent)]
    environment = {"HALLES_URL": url, "HALLES_KEY": storefront_key(), "PATH": ":".join(programs)}
    command = ["bash", "-euo", "pipefail", "-c", calls]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.django_db(transaction=True)
def test_five_calls_lead_to_a_placed_order():
    (calls,) = FIVE_CALLS.findall((ROOT / "README.md").read_text())
    sell("VOUCHER-25", 10, kind=Kind.VIRTUAL, price="25.00")
    with running("web", "worker", "relay") as shop:
        told = paste(calls, shop.url)
    assert told.returncode == 0, told.stderr
    accepted, confirmed = (json.loads(line) for line in told.stdout.splitlines())
    assert accepted["status"] == "accepted", accepted
    assert confirmed["number"] == accepted["number"]
    assert confirmed["status"] in {"placed", "paid"}
