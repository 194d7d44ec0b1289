"""On the event loop, carts ask what blocks in a thread."""

import pytest
from django.db import connections

from apps.catalog.interface import catalog
from commerce import greenlets
from commerce.testing.light import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_catalogue_is_asked_in_a_thread():
    def asks():
        try:
            return catalog.items(skus=("NOTHING",))
        finally:
            greenlets.aside(connections.close_all)  # in the same thread, which is idle again

    assert together(asks) == [{}]
