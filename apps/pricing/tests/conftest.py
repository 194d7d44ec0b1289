from types import SimpleNamespace

import pytest

from apps.pricing.interface import Price, pricing
from apps.pricing.service import facts, quotes
from apps.pricing.tests import shelf
from commerce.money import Money


@pytest.fixture
def house(settings, db):
    """A shop in France that sells mugs and tees, with neighbours of paper."""
    shelf.GOODS.clear()
    shelf.UNITS.clear()
    shelf.OPENINGS.clear()
    settings.SERVICES = settings.SERVICES | shelf.SERVICES
    shelf.shelve("MUG", free=9)
    shelf.shelve("TEE", free=3)
    shelf.shelve("BOOK", free=0, tax_class="books")
    shelf.shelve("FILE", ships=False)
    shelf.shelve("SET", of={"MUG": 2, "TEE": 1})


@pytest.fixture
def prices(house):
    """Prices in euros for everything on the shelf."""
    amounts = {"MUG": "12.90", "TEE": "25.00", "BOOK": "21.10", "FILE": "3.00", "SET": "40.00"}
    pricing.set_prices(
        prices=tuple(Price(sku, Money.of(amount, "EUR")) for sku, amount in amounts.items())
    )


@pytest.fixture
def remembering(monkeypatch):
    """Believe catalogue and rules for as long as a process does whose code shares a thread."""
    monkeypatch.setattr("commerce.fleeting.greenlets", SimpleNamespace(inside=lambda: True))
    for memory in (facts.CATALOGUE, quotes.SOLD):
        monkeypatch.setattr(memory, "seconds", 30.0)
        memory.forget()
    for memory in (facts.RULES, quotes.KNOWN_RATES, quotes.KNOWN_TARIFFS):
        monkeypatch.setattr(memory, "seconds", 0.5)
        memory.forget()
