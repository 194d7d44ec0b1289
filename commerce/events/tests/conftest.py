"""Opens the bakery, a context that only these tests have."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent / "site"))

from apps.bakery import handlers, ledger  # noqa: F401


@pytest.fixture
def bakery(db):
    ledger.build()
