import pytest
from django.db import IntegrityError, transaction

from apps.stock import service
from apps.stock.interface import CountTooLow, Line, stock
from apps.stock.models import Movement
from apps.stock.tests.shelf import ask, commit, free, lapse, level, lines, reserve, tell

pytestmark = pytest.mark.usefixtures("shelf")
both_ways = pytest.mark.usefixtures("both_ways")


@both_ways
def test_sets_what_is_on_the_shelf():
    assert stock.count(lines=lines(MUG=5, HAT=7), reference="monday") == 2
    assert (free("MUG"), free("HAT"), free("TEE")) == (5, 7, 1)


@both_ways
def test_an_unchanged_figure_is_no_change():
    assert stock.count(lines=lines(MUG=3, TEE=2), reference="monday") == 1


@both_ways
def test_a_count_is_made_once_under_its_reference(alice, order):
    stock.count(lines=lines(MUG=5), reference="monday")
    commit(order, alice, MUG=2)
    stock.ship(order=order)
    assert stock.count(lines=lines(MUG=5), reference="monday") == 0
    assert level("MUG") == (3, 0, 0)


@both_ways
def test_a_count_that_found_no_difference_is_not_repeated_either(alice, order):
    stock.count(lines=lines(MUG=3), reference="monday")
    commit(order, alice, MUG=2)
    stock.ship(order=order)
    assert stock.count(lines=lines(MUG=3), reference="monday") == 0
    assert level("MUG") == (1, 0, 0)


@both_ways
def test_the_rest_of_a_count_may_follow_under_its_reference():
    stock.count(lines=lines(MUG=5), reference="monday")
    assert stock.count(lines=lines(MUG=9, TEE=2), reference="monday") == 1
    assert (free("MUG"), free("TEE")) == (5, 2)


@both_ways
def test_refuses_a_count_below_what_is_promised(alice, bob, order):
    reserve(alice, MUG=1)
    commit(order, bob, MUG=1)
    with pytest.raises(CountTooLow) as refusal:
        stock.count(lines=lines(HAT=4, MUG=1, TEE=9), reference="monday")
    assert (refusal.value.sku, refusal.value.counted, refusal.value.promised) == ("MUG", 1, 2)
    assert (free("HAT"), free("TEE")) == (0, 1)
    assert ask("SELECT 1 FROM stock_level WHERE sku = 'HAT'") == []


@both_ways
def test_lapsed_holds_do_not_stand_against_a_count(alice):
    reserve(alice, MUG=3)
    lapse(alice)
    stock.count(lines=lines(MUG=0), reference="monday")
    assert level("MUG") == (0, 0, 0)


def test_what_is_delivered_is_added_once():
    for _ in range(2):
        service.receive(lines=(Line("MUG", 4), Line("HAT", 1)), reference="note 17", actor="carol")
    assert (free("MUG"), free("HAT")) == (7, 1)
    movement = Movement.objects.get(sku="MUG", reference="note 17")
    assert (movement.kind, movement.on_hand, movement.actor) == ("received", 4, "carol")


@pytest.mark.parametrize(
    "sql", ["UPDATE stock_movement SET on_hand = 9", "DELETE FROM stock_movement"]
)
def test_the_ledger_only_grows(sql):
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic():
        tell(sql)


def test_no_sum_of_promises_beyond_the_shelf_can_be_written():
    with pytest.raises(IntegrityError, match="never_oversold"), transaction.atomic():
        tell("UPDATE stock_level SET held = 2, allocated = 2 WHERE sku = 'MUG'")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE stock_level SET held = 1",
        "UPDATE stock_level SET on_hand = 9 WHERE sku = 'MUG'",
        "UPDATE stock_level SET allocated = 1 WHERE sku = 'MUG'",
        "INSERT INTO stock_hold VALUES (gen_random_uuid(), 'CAP', 'main', 1, now())",
    ],
)
def test_drift_is_seen(sql):
    with transaction.atomic():
        tell(sql)
        assert ask("SELECT 1 FROM stock_drift") != []
        transaction.set_rollback(True)
