"""What an order asks of the database, with the real neighbours."""

from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from apps.cart.domain import Document, Wanted
from apps.cart.interface import cart as carts
from apps.cart.store import Turn
from apps.catalog.interface import Kind, ProductDraft, Variant, catalog
from apps.customers.interface import Address
from apps.orders import service
from apps.orders.domain import Wish
from apps.payments.interface import payments
from apps.pricing.interface import Price, pricing
from apps.stock.interface import Line, stock
from commerce import greenlets, ids
from commerce.events import pressure
from commerce.fleeting import Fleeting
from commerce.money import Money
from commerce.postgres import shared
from commerce.testing.light import together

pytestmark = pytest.mark.django_db(transaction=True)
SKUS = tuple(f"GOOD-{number}" for number in range(20))
HOME = Address(
    name="Ada Lovelace", line1="12 rue des Halles", city="Paris", country="FR", postal_code="75001"
)


@pytest.fixture(autouse=True)
def _house():
    """Sell twenty things, a thousand of each."""
    for sku in SKUS:
        draft = ProductDraft(
            key=sku,
            kind=Kind.SIMPLE,
            name={"en": sku},
            slug=sku.lower(),
            variants=(Variant(sku, weight=300),),
        )
        catalog.save(drafts=(draft,))
    pricing.set_prices(prices=tuple(Price(sku, Money(1000, "EUR")) for sku in SKUS))
    stock.count(lines=tuple(Line(sku, 1000) for sku in SKUS), reference="opening")


def paid(lines: int) -> Wish:
    """Fill a cart with so many lines, and pay."""
    name = ids.new()
    wanted = tuple(Wanted(id=ids.new(), sku=sku, quantity=1, held=(sku,)) for sku in SKUS[:lines])
    details = {"email": "ada@example.com", "address": HOME, "shipping": "standard"}
    with Turn(name) as turn:
        turn.keep(Document(id=name, currency="EUR", locale="en", lines=wanted, **details))
    stock.reserve(
        cart=name, lines=tuple(Line(each.sku, 1) for each in wanted), ttl=timedelta(minutes=15)
    )
    session = payments.start(cart=name, method="test")
    version = carts.contents(cart=name).version
    return Wish(
        cart=name, cart_version=version, expected_total=session.amount, payment_session=session.id
    )


def order(wish: Wish) -> str:
    """Place an order."""
    return service.place(wish=wish, caller="ct:ada", key=str(uuid4())).number


@contextmanager
def counting(monkeypatch):
    """Note the statements that code which shares its thread asks."""
    asked, ask = [], shared.ask

    def noted(sql, parameters):
        asked.append(sql)
        return ask(sql, parameters)

    with monkeypatch.context() as changed:
        changed.setattr(shared, "ask", noted)
        yield asked


def test_many_lines_cost_no_more_statements_than_one():
    counts = []
    for lines in (1, 20):
        wish = paid(lines)
        pressure.measured.cache_clear()
        with CaptureQueriesContext(connection) as asked:
            order(wish)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 17


def test_where_many_share_a_thread_an_order_is_nine_statements(monkeypatch):
    """Two look, three more are about the cart, four take what they were promised."""
    first, second = paid(3), paid(3)
    for memory in Fleeting.all:
        monkeypatch.setattr(memory, "seconds", 60)
        memory.forget()

    def place_both():
        try:
            order(first)
            with counting(monkeypatch) as asked:
                order(second)
            return asked
        finally:
            greenlets.aside(connections.close_all)

    [asked] = together(place_both)
    assert len(asked) <= 9, asked
