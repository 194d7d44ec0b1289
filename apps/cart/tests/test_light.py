"""On the event loop, carts ask what blocks in a thread."""

import asyncio

import pytest

from apps.catalog.interface import catalog
from commerce import greenlets

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_catalogue_is_asked_in_a_thread():
    asked = greenlets.run(lambda: catalog.items(skus=("NOTHING",)))
    assert asyncio.run(asked) == {}
