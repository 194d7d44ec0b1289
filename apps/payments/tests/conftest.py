import pytest

from apps.payments.models import BankEntry
from apps.payments.tests import till
from commerce import ids


@pytest.fixture
def counter(settings):
    """A shop whose carts cost what a test says."""
    till.CARTS.clear()
    settings.SERVICES = settings.SERVICES | till.SERVICES


@pytest.fixture
def banked():
    """Return what the bank has written down about a session."""

    def books(session):
        entries = BankEntry.objects.filter(payment=ids.public("pay", session.id))
        return [entry.what for entry in entries]

    return books


@pytest.fixture
def bank(settings):
    """Change the bank from now on: `bank(till.MuteBank)`."""

    def change(backend):
        path = f"{backend.__module__}.{backend.__qualname__}"
        settings.PAYMENT_PROVIDERS = settings.PAYMENT_PROVIDERS | {"test": {"BACKEND": path}}

    return change
