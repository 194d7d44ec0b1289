from uuid import uuid4

import pytest

from apps.stock.interface import AlreadyCancelled, OutOfStock, Policy, Shortage, stock
from apps.stock.service import places
from apps.stock.tests.shelf import ask, commit, free, held, lapse, level, reserve

pytestmark = pytest.mark.usefixtures("both_ways", "shelf")


def ledger(sku):
    """Kind and differences of each movement of a SKU but its opening."""
    query = """
    SELECT kind, on_hand, allocated FROM stock_movement
    WHERE sku = %s AND reference <> 'opening' ORDER BY id
    """
    return ask(query, sku)


def test_holds_become_the_orders_goods(alice, order):
    reserve(alice, MUG=2, TEE=1)
    commit(order, alice, MUG=2, TEE=1)
    assert (level("MUG"), level("TEE")) == ((3, 0, 2), (1, 0, 1))
    assert held(alice) == {}
    assert ledger("MUG") == [("sold", 0, 2)]


def test_an_order_gets_its_goods_once(alice, order):
    reserve(alice, MUG=1)
    for _ in range(3):
        commit(order, alice, MUG=1)
    assert level("MUG") == (3, 0, 1)


def test_what_was_never_held_is_taken_if_it_is_there(alice, order):
    commit(order, alice, MUG=3)
    assert level("MUG") == (3, 0, 3)


def test_what_lapsed_is_taken_again_if_it_is_there(alice, order):
    reserve(alice, MUG=3)
    lapse(alice)
    commit(order, alice, MUG=3)
    assert level("MUG") == (3, 0, 3)


def test_an_order_takes_what_others_let_lapse(alice, bob, order):
    reserve(bob, MUG=3)
    lapse(bob)
    commit(order, alice, MUG=2)
    assert (held(bob), level("MUG")) == ({}, (3, 0, 2))


def test_an_order_gets_all_lines_or_none(alice, bob, order):
    reserve(alice, MUG=2, TEE=1)
    lapse(alice)
    reserve(bob, MUG=3, TEE=1)
    with pytest.raises(OutOfStock) as refusal:
        commit(order, alice, MUG=2, TEE=1)
    assert refusal.value.shortages == (Shortage("MUG", 2, 0), Shortage("TEE", 1, 0))
    assert level("MUG") == (3, 3, 0)


def test_a_refused_order_may_try_again(alice, bob, order):
    reserve(bob, TEE=1)
    with pytest.raises(OutOfStock):
        commit(order, alice, TEE=1)
    stock.release(cart=bob)
    commit(order, alice, TEE=1)
    assert level("TEE") == (1, 0, 1)


def test_what_is_held_beyond_the_order_is_let_go(alice, order):
    reserve(alice, MUG=3)
    commit(order, alice, MUG=1)
    assert (level("MUG"), held(alice)) == ((3, 0, 1), {})


def test_other_skus_of_the_cart_stay_held(alice, order):
    reserve(alice, MUG=1, TEE=1)
    commit(order, alice, MUG=1)
    assert held(alice) == {"TEE": 1}


def test_uncounted_skus_are_sold_without_limit(alice, order):
    stock.set_policy(skus=("SONG",), policy=Policy.UNTRACKED)
    commit(order, alice, SONG=9, MUG=1)
    assert (level("SONG"), level("MUG")) == ((0, 0, 0), (3, 0, 1))


def test_cancelling_puts_the_goods_back(alice, order):
    commit(order, alice, MUG=2, TEE=1)
    for _ in range(2):
        stock.cancel(order=order)
    assert (level("MUG"), level("TEE")) == ((3, 0, 0), (1, 0, 0))
    assert ledger("MUG") == [("sold", 0, 2), ("cancelled", 0, -2)]


def test_cancelling_an_unknown_order_changes_nothing():
    stock.cancel(order=uuid4())
    assert level("MUG") == (3, 0, 0)


def test_a_commit_that_comes_after_its_cancellation_is_refused(alice, order):
    stock.cancel(order=order)
    with pytest.raises(AlreadyCancelled):
        commit(order, alice, MUG=1)
    assert level("MUG") == (3, 0, 0)


def test_shipping_takes_the_goods_out_of_the_house(alice, order):
    commit(order, alice, MUG=2)
    for _ in range(2):
        stock.ship(order=order)
    assert level("MUG") == (1, 0, 0)
    assert ledger("MUG") == [("sold", 0, 2), ("shipped", -2, -2)]


def test_what_has_left_cannot_be_cancelled(alice, order):
    commit(order, alice, MUG=2)
    stock.ship(order=order)
    stock.cancel(order=order)
    assert (level("MUG"), free("MUG")) == ((1, 0, 0), 1)


def test_a_repeated_commit_of_what_has_left_changes_nothing(alice, order):
    commit(order, alice, MUG=2)
    stock.ship(order=order)
    commit(order, alice, MUG=2)
    assert level("MUG") == (1, 0, 0)


@pytest.mark.parametrize("verb", ["commit", "cancel", "ship"])
def test_each_step_is_one_statement(alice, order, verb, django_assert_num_queries):
    places.selling()  # asked once in a few seconds
    with django_assert_num_queries(1):
        if verb == "commit":
            commit(order, alice, MUG=1, TEE=1)
        else:
            getattr(stock, verb)(order=order)
