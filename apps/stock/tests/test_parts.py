"""An order's goods leave in parts, go back in parts, and come back; each of it once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from apps.stock.interface import MAIN, GoodsMissing, Part, Policy, UnknownLocation, stock
from apps.stock.tests.shelf import ask, commit, level, lines, tell

pytestmark = pytest.mark.usefixtures("both_ways", "shelf")


def ledger(reference):
    query = "SELECT kind, sku, on_hand, allocated FROM stock_movement WHERE reference = %s"
    return sorted(ask(query, reference))


def test_a_part_leaves_once(alice, order):
    commit(order, alice, MUG=3, TEE=1)
    for _ in range(2):
        stock.ship(order=order, part=Part("ful_1", lines(MUG=2)))
    assert (level("MUG"), level("TEE")) == ((1, 0, 1), (1, 0, 1))
    assert ledger("ful_1") == [("shipped", "MUG", -2, -2)]


def test_the_rest_leaves_under_another_name(alice, order):
    commit(order, alice, MUG=3)
    stock.ship(order=order, part=Part("ful_1", lines(MUG=2)))
    stock.ship(order=order, part=Part("ful_2", lines(MUG=1)))
    stock.cancel(order=order)
    assert level("MUG") == (0, 0, 0)


def test_no_more_leaves_than_belongs_to_the_order(alice, order):
    commit(order, alice, MUG=1)
    stock.ship(order=order, part=Part("ful_1", lines(MUG=3)))
    assert level("MUG") == (2, 0, 0)


def test_what_is_not_here_yet_does_not_leave(alice, order):
    tell("UPDATE stock_level SET backorder = 2 WHERE sku = 'MUG'")
    commit(order, alice, MUG=5)
    with pytest.raises(GoodsMissing):
        stock.ship(order=order, part=Part("ful_1", lines(MUG=4)))
    assert level("MUG") == (3, 0, 5)
    stock.ship(order=order, part=Part("ful_2", lines(MUG=3)))
    assert level("MUG") == (0, 0, 2)


def test_a_part_goes_back_once_and_cancelling_gives_back_the_rest(alice, order):
    commit(order, alice, MUG=3)
    for _ in range(2):
        stock.cancel(order=order, part=Part("edit_1", lines(MUG=1)))
    assert level("MUG") == (3, 0, 2)
    stock.cancel(order=order)
    assert level("MUG") == (3, 0, 0)


def test_parts_lie_at_several_locations(alice, order):
    tell("INSERT INTO stock_location (code, name, kind, vendor, country, priority, enabled)"
         " VALUES ('north', 'North', 'own', '', '', 1, true)")  # fmt: skip
    stock.count(lines=lines(MUG=4), reference="opening", location="north")
    commit(order, alice, MUG=6)
    stock.ship(order=order, part=Part("ful_1", lines(MUG=5)))
    totals = ask("SELECT sum(on_hand), sum(allocated) FROM stock_level WHERE sku = 'MUG'")
    assert totals == [(2, 1)]


def test_uncounted_goods_leave_no_shelf(alice, order):
    stock.set_policy(skus=("SONG",), policy=Policy.UNTRACKED)
    commit(order, alice, SONG=1)
    stock.ship(order=order, part=Part("ful_1", lines(SONG=1)))
    stock.take_back(lines=lines(SONG=1), reference="ret_1")
    assert level("SONG") == (0, 0, 0)


def test_what_came_back_is_for_sale_once(alice, order):
    commit(order, alice, MUG=3)
    stock.ship(order=order, part=Part("ful_1", lines(MUG=3)))
    for _ in range(2):
        stock.take_back(lines=lines(MUG=2), reference="ret_1")
    assert level("MUG") == (2, 0, 0)
    assert ledger("ret_1") == [("returned", "MUG", 2, 0)]


def test_nothing_comes_back_to_nowhere():
    with pytest.raises(UnknownLocation):
        stock.take_back(lines=lines(MUG=1), reference="ret_1", location="atlantis")
    assert ask("SELECT on_hand FROM stock_level WHERE location = %s", MAIN)


@pytest.mark.django_db(transaction=True)
def test_parts_at_once_are_each_taken_once(alice, order):
    commit(order, alice, MUG=3)

    def leave(number: int) -> None:
        stock.ship(order=order, part=Part(f"ful_{number % 3}", lines(MUG=1)))
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(leave, range(24)))
    assert level("MUG") == (0, 0, 0)
