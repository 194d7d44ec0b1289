"""The cart tells stock where its goods will go."""

import pytest

from apps.cart import service
from apps.cart.interface import cart
from apps.customers.interface import Address
from apps.stock.interface import Destination, Reservation, Stock

pytestmark = pytest.mark.usefixtures("house")
PARIS = Address("Anna", "Rue du Bac 12", "Paris", "FR", "75007")


class Watched(Stock):
    """A shelf that only remembers where its goods should go."""

    asked: list = []

    def reserve(self, *, cart, destination=None, **_) -> Reservation:
        self.asked.append(destination)
        return Reservation(cart, ())

    def holds(self, **_):
        return ()

    def available(self, **_):
        return {}


Watched.__abstractmethods__ = frozenset()  # nothing else is asked


@pytest.fixture
def asked(settings):
    backend = {"stock": {"BACKEND": f"{__name__}.Watched"}}
    settings.SERVICES = settings.SERVICES | backend
    Watched.asked.clear()
    return Watched.asked


def test_stock_is_told_the_country_when_it_is_known(asked):
    name = service.create(currency="EUR", locale="en").id
    service.add(name, sku="MUG", quantity=1)
    cart.note(cart=name, email="", address=PARIS, shipping=None)
    service.add(name, sku="MUG", quantity=1)
    assert asked == [None, Destination("FR")]
