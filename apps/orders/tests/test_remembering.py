"""What pricing learns of orders, for promotions that ask about earlier ones."""

import pytest
from django.core.management import call_command

from commerce.testing import deliver_all

from .. import service
from ..interface import Status
from ..models import Order, Refund
from .conftest import fill
from .fakes import cart_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop", "both_ways")]


@pytest.fixture
def order(wish):
    """Have an order placed and paid."""
    made = service.place(wish=wish, caller="ct:ada", key="first").order
    deliver_all()
    return made


def told(shop, order):
    customer, _version, spent, counts = shop.purchases[order]
    return customer, spent.minor, counts


def test_a_placed_order_counts_for_its_customer(shop, order):
    grand = Order.objects.get().grand
    assert told(shop, order) == (shop.known["ada@example.com"], grand, True)


def test_what_is_given_back_counts_no_more(shop, order):
    service.refund(order=order, minor=300, actor="olive", why="scratched", key="one")
    deliver_all()
    assert told(shop, order)[1] == Order.objects.get().grand - 300


def test_a_cancelled_order_counts_for_nothing(shop, order):
    service.cancel(order=order, actor="olive", why="asked to")
    deliver_all()
    assert Order.objects.get().status == Status.CANCELLED.value
    assert told(shop, order)[1:] == (0, False)
    assert Refund.objects.get().minor == Order.objects.get().grand


def test_the_version_says_which_is_later(shop, order):
    placed = shop.purchases[order][1]
    service.refund(order=order, minor=300, actor="olive", why="scratched", key="one")
    deliver_all()
    assert shop.purchases[order][1] > placed


def test_an_unknown_shopper_has_no_history(shop):
    lines = (cart_line("EBOOK", 1, ships=False),)
    wish = fill(shop, lines=lines, email="", address=None, shipping=None)
    service.place(wish=wish, caller="ct:ada", key="first")
    deliver_all()
    assert shop.purchases == {}


def test_orders_of_before_are_counted_by_a_command(shop, order, capsys):
    counted = told(shop, order)
    shop.purchases.clear()
    call_command("remember_orders")
    assert told(shop, order) == counted
    assert "1 orders" in capsys.readouterr().out
