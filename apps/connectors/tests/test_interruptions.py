"""An import that is stopped leaves whole products, and the next one completes it."""

from typing import Any

import pytest
from django.utils.module_loading import import_string

from apps.catalog.interface import catalog
from apps.connectors.service import batches
from apps.pricing.interface import pricing
from apps.stock.interface import stock
from commerce.services import Operation, Service, ServiceUnavailable, Stub

pytestmark = pytest.mark.django_db
SKUS = tuple(f"POT-{number}" for number in range(30))
FILE = "sku,name,price,qty\n" + "".join(f"{sku},Pot {sku},12,5\n" for sku in SKUS)


class Stumbling(Stub):
    """Passes everything on to the real provider, but falls the third time prices are set."""

    fall: BaseException

    def __init__(self, interface: type[Service], *, PROVIDER: str) -> None:  # noqa: N803
        super().__init__(interface)
        self.provider = import_string(PROVIDER)()
        self.asked = 0

    def call(self, operation: Operation, /, **arguments: Any) -> Any:
        if operation.name == "set_prices":
            self.asked += 1
            if self.asked == 3:
                raise self.fall
        return getattr(self.provider, operation.name)(**arguments)


@pytest.fixture
def stumbling(settings, monkeypatch):
    monkeypatch.setattr(batches, "PRODUCTS", 8)
    usual = settings.SERVICES["pricing"]["BACKEND"]
    name = f"{Stumbling.__module__}.{Stumbling.__name__}"
    settings.SERVICES = settings.SERVICES | {"pricing": {"BACKEND": name, "PROVIDER": usual}}


@pytest.mark.parametrize(
    ("fall", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "run it again to complete them"),
        (ServiceUnavailable(reason="pricing is away"), 2, "pricing is away"),
        (OSError(28, "No space left on device"), 2, "No space left on device"),
    ],
)
def test_stopped_import_leaves_whole_products(run, stumbling, monkeypatch, fall, code, said):
    monkeypatch.setattr(Stumbling, "fall", fall, raising=False)
    done = run(FILE)
    assert done.code == code
    assert said in done.said
    assert done.figure("products created") == 16
    seen = tuple(product.draft.key for product in catalog.batch().products)
    assert len(seen) == 16
    assert set(pricing.prices(skus=seen, currency="EUR")) == set(seen)
    assert {level.free for level in stock.available(skus=seen).values()} == {5}

    again = run(FILE)
    assert (again.code, again.figure("products created")) == (0, 14)
    assert "\n0 changes were made." in run(FILE).said
