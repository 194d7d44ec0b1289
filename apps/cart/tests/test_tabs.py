"""Two tabs of one cart: the slow one must not lower what the fast one has raised."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

import pytest
from django.db import connection
from msgspec.structs import replace

from apps.cart import service, store
from apps.cart.domain import Document
from apps.cart.interface import CartLine, cart
from apps.cart.service.change import make
from apps.stock.interface import Line, stock
from commerce.services import ServiceUnavailable

pytestmark = pytest.mark.usefixtures("house")


def line_after_two_tabs() -> CartLine:
    """Let a tab think about one mug more while another one adds two."""
    stock.count(lines=(Line("MUG", 5),), reference="delivery")
    alice = service.create(currency="EUR", locale="en").id
    service.add(alice, sku="MUG", quantity=1)
    thinking, decided = threading.Event(), threading.Event()

    def one_more(document: Document) -> Document:
        thinking.set()
        decided.wait(5)
        [line] = document.lines
        return document.set(replace(line, quantity=line.quantity + 1))

    with ThreadPoolExecutor(2) as tabs:
        slow = tabs.submit(in_a_tab, lambda: make(alice, one_more))
        thinking.wait(5)
        fast = tabs.submit(in_a_tab, lambda: service.add(alice, sku="MUG", quantity=2))
        with suppress(TimeoutError):
            fast.result(0.5)
        decided.set()
        with suppress(ServiceUnavailable):
            slow.result()
    return only_line(alice)


def in_a_tab(work) -> None:
    try:
        work()
    finally:
        connection.close()


def only_line(alice: UUID) -> CartLine:
    [line] = cart.contents(cart=alice).lines
    return line


def test_a_slow_tab_takes_nothing_from_a_fast_one():
    line = line_after_two_tabs()
    assert (line.quantity, line.lapsed) == (4, False)


def test_control_without_turns_it_does(monkeypatch):
    monkeypatch.setattr(store, "TAKE_TURN", store.TAKE_TURN.replace(", 'NX'", ""))
    line = line_after_two_tabs()
    assert (line.quantity, line.lapsed) == (3, True)
