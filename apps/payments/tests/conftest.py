import pytest

from apps.payments.models import BankEntry
from apps.payments.providers.breaker import breaker
from apps.payments.tests import till
from apps.payments.tests.far import far_away
from commerce import ids
from commerce.redis import client


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


@pytest.fixture(scope="session")
def stand_in():
    """Run the stand-in for Stripe."""
    with far_away() as far:
        yield far


@pytest.fixture
def far(stand_in, settings):
    """Let the shop pay over the stand-in, which behaves."""
    settings.PAYMENT_PROVIDERS = settings.PAYMENT_PROVIDERS | {"stripe": stand_in.settings}
    stand_in.heal()
    stand_in.hook("")
    calm()
    yield stand_in
    calm()


def calm():
    """Forget every failure."""
    client().delete("payments:open:stripe", "payments:failures:stripe")
    breaker.cache_clear()
