from uuid import uuid4

import pytest

from apps.stock.interface import Line, stock
from apps.stock.service import places
from apps.stock.tests.shelf import drift


@pytest.fixture(autouse=True)
def _places_as_they_are():
    places.forget()
    yield
    places.forget()


@pytest.fixture
def alice():
    return uuid4()


@pytest.fixture
def bob():
    return uuid4()


@pytest.fixture
def order():
    return uuid4()


@pytest.fixture
def shelf(db):
    """Three mugs and one shirt, and books that balance in the end."""
    stock.count(lines=(Line("MUG", 3), Line("TEE", 1)), reference="opening")
    yield
    assert drift() == []
