"""On the event loop, carts ask what blocks in a thread."""

from collections import Counter

import pytest
from django.db import connections

from apps.cart import service
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


def test_a_whole_cart_is_replaced_on_the_event_loop(house):
    cart = service.create(currency="EUR", locale="en").id

    def replaced():
        try:
            service.replace_all(cart, Counter({"MUG": 2}), expected=1)
            return service.contents(cart)
        finally:
            greenlets.aside(connections.close_all)

    [found] = together(replaced)
    assert [(line.sku, line.quantity) for line in found.lines] == [("MUG", 2)]
    assert found.quote.grand.minor >= 2400
