"""A shop with one cart that is ready to be ordered."""

from collections import Counter

import pytest

from apps.cart.interface import Contents, State
from apps.payments.interface import Session, Status
from commerce import ids

from ..domain import Wish
from .fakes import ADA, Shop, cart_line, euros, quote, reduced, reset

FAKES = {"cart": "FakeCart", "customers": "FakeCustomers"} | {
    "stock": "FakeStock",
    "payments": "FakePayments",
    "pricing": "FakePricing",
    "media": "FakeMedia",
}


@pytest.fixture
def shop(settings) -> Shop:
    """Put fake neighbours around orders."""
    settings.SERVICES = settings.SERVICES | {
        name: {"BACKEND": f"apps.orders.tests.fakes.{fake}"} for name, fake in FAKES.items()
    }
    return reset()


@pytest.fixture
def wish(shop) -> Wish:
    """Fill a cart with two mugs, held, with everything told and paid for."""
    return fill(shop)


@pytest.fixture
def bargain(shop) -> Wish:
    """Fill a cart with two mugs that cost less by a coupon, of which one use is left."""
    shop.coupons["SPRING"] = 1
    shop.budget["spring"] = 300
    return fill_with_coupon(shop)


def fill_with_coupon(shop: Shop) -> Wish:
    """Fill a cart whose prices a coupon has reduced."""
    lines = (cart_line("MUG", 2),)
    return fill(shop, lines=lines, quote=reduced(quote(lines)))


def fill(shop: Shop, *, method: str = "test", email: str = "ada@example.com", **fields) -> Wish:
    """Make a cart that can be ordered; returns what its shopper wishes."""
    lines = fields.pop("lines", None) or (cart_line("MUG", 2),)
    contents = Contents(
        id=ids.new(),
        version=5,
        state=State.OPEN,
        currency="EUR",
        locale="en",
        lines=lines,
        quote=quote(lines),
        email=email,
        address=ADA,
        shipping="standard",
    )
    for name, value in fields.items():
        object.__setattr__(contents, name, value)
    shop.carts[contents.id] = contents
    shop.held[contents.id] = Counter({line.sku: line.quantity for line in lines})
    session = Session(ids.new(), contents.id, method, Status.AUTHORISED, contents.quote.due)
    shop.sessions[session.id] = session
    return Wish(
        cart=contents.id,
        cart_version=contents.version,
        expected_total=contents.quote.grand,
        payment_session=session.id,
    )


__all__ = ["euros", "fill", "fill_with_coupon"]
