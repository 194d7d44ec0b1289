"""Killed between any two steps, an import leaves whole products; the next one completes it."""

from typing import Any

import pytest
from django.utils.module_loading import import_string

from apps.catalog.interface import catalog
from apps.connectors.service import batches
from apps.pricing.interface import pricing
from apps.stock.interface import stock
from commerce.services import Operation, Service, Stub

pytestmark = pytest.mark.django_db
SKUS = tuple(f"POT-{number:02d}" for number in range(20))
LINE = (
    '{"key": "%s", "kind": "simple", "name": {"en": "Pot"}, "slug": "%s", "stock": {"%s": 5},'
    ' "prices": [{"sku": "%s", "currency": "EUR", "amount": "12.00"}]}\n'
)
FILE = "".join(LINE % (sku, sku.lower(), sku, sku) for sku in SKUS)
STEPS = [
    ("stock", "count"),
    ("stock", "set_policy"),
    ("pricing", "set_prices"),
    ("catalog", "check"),
    ("catalog", "save"),
]


class Killed(BaseException):
    """What kill -9 looks like from inside: nobody answers it."""


class Killing(Stub):
    """Passes everything on, and kills whoever asks it for one thing a second time."""

    operation = ""
    before = True

    def __init__(self, interface: type[Service], *, PROVIDER: str) -> None:  # noqa: N803
        super().__init__(interface)
        self.provider = import_string(PROVIDER)()
        self.asked = 0

    def call(self, operation: Operation, /, **arguments: Any) -> Any:
        self.asked += operation.name == self.operation
        kills = operation.name == self.operation and self.asked == 2
        if kills and self.before:
            raise Killed
        answer = getattr(self.provider, operation.name)(**arguments)
        if kills:
            raise Killed
        return answer


def state() -> list[tuple[object, ...]]:
    """Tell what the shop sells, for how much, and how many there are."""
    found = [product.draft for product in catalog.batch().products]
    prices, levels = pricing.prices(skus=SKUS, currency="EUR"), stock.available(skus=SKUS)
    return sorted((d.key, d.slug, prices[d.key].unit.minor, levels[d.key].free) for d in found)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize(("service", "operation"), STEPS, ids=[step for _, step in STEPS])
def test_killed_import_leaves_whole_products(
    run, settings, monkeypatch, service, operation, before
):
    monkeypatch.setattr(batches, "PRODUCTS", 8)
    monkeypatch.setattr(Killing, "operation", operation)
    monkeypatch.setattr(Killing, "before", before)
    usual = settings.SERVICES
    name = f"{Killing.__module__}.{Killing.__name__}"
    backend = {"BACKEND": name, "PROVIDER": usual[service]["BACKEND"]}
    settings.SERVICES = usual | {service: backend}
    with pytest.raises(Killed):
        run(FILE, "ndjson")

    settings.SERVICES = usual
    wanted = [(sku, sku.lower(), 1200, 5) for sku in SKUS]
    whole = state()
    assert len(whole) in (8, 16)
    assert set(whole) <= set(wanted)
    assert run(FILE, "ndjson").code == 0
    assert state() == wanted
    assert "\n0 changes were made." in run(FILE, "ndjson").said
