import pytest

from apps.stock.models import Level, Terms
from apps.stock.service import low
from apps.stock.tests.shelf import ask, reserve

pytestmark = pytest.mark.usefixtures("shelf")


def facts():
    sql = """
    SELECT name, payload->>'sku', (payload->>'free')::integer FROM events_outbox ORDER BY id
    """
    return ask(sql)


@pytest.fixture
def _low_at_one(shelf):
    Terms.objects.create(sku="MUG", low_at=1)


@pytest.mark.usefixtures("_low_at_one")
def test_tells_once_that_little_is_left(alice):
    reserve(alice, MUG=2)
    assert (low.look(), low.look()) == (1, 0)
    assert facts() == [("stock.StockLow", "MUG", 1)]


@pytest.mark.usefixtures("_low_at_one")
def test_tells_when_there_is_enough_again_and_when_it_goes_again(alice):
    for units in (3, 0, 2):
        reserve(alice, MUG=units)
        low.look()
    told = [("stock.StockLow", 0), ("stock.StockReplenished", 3), ("stock.StockLow", 1)]
    assert [(name, free) for name, _, free in facts()] == told


@pytest.mark.usefixtures("_low_at_one")
def test_goods_still_to_come_and_kept_back_are_not_left():
    Level.objects.filter(sku="MUG").update(backorder=9, safety=2)
    low.look()
    assert facts() == [("stock.StockLow", "MUG", 1)]


def test_says_nothing_where_nobody_asked(alice):
    reserve(alice, MUG=3)
    assert (low.look(), facts()) == (0, [])


def test_a_sku_nobody_ever_had_is_low():
    Terms.objects.create(sku="CAP", low_at=0)
    low.look()
    assert facts() == [("stock.StockLow", "CAP", 0)]


@pytest.mark.usefixtures("_low_at_one")
def test_taking_the_last_writes_no_fact(alice, django_assert_num_queries):
    reserve(alice, TEE=1)
    with django_assert_num_queries(1):
        reserve(alice, MUG=3)
    assert facts() == []
