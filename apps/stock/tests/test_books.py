import pytest
from django.core.management import CommandError, call_command

from apps.stock.tests.shelf import ask, commit, reserve, tell

pytestmark = pytest.mark.django_db
LEVELS = "SELECT sku, location, on_hand, held, allocated FROM stock_level ORDER BY sku"
SPOILT = [
    "UPDATE stock_level SET on_hand = 9, held = 0, allocated = 3",
    "DELETE FROM stock_level WHERE sku = 'MUG'",
]


@pytest.fixture
def levels(shelf, alice, bob, order):
    reserve(alice, MUG=1)
    commit(order, bob, MUG=1, TEE=1)
    return ask(LEVELS)


@pytest.mark.usefixtures("levels")
def test_says_that_the_books_balance(capsys):
    call_command("check_levels")
    assert "add up to" in capsys.readouterr().out


@pytest.mark.parametrize("sql", SPOILT)
def test_tells_a_level_that_is_not_what_its_records_say(levels, sql, capsys):
    tell(sql)
    with pytest.raises(CommandError):
        call_command("check_levels")
    told = capsys.readouterr().out
    assert "MUG@main" in told
    assert "3 on hand, 1 held, 1 allocated" in told
    call_command("check_levels", "--repair")


@pytest.mark.parametrize("sql", SPOILT)
def test_rebuilds_every_level_from_its_records(levels, sql):
    tell(sql)
    call_command("check_levels", "--repair")
    assert ask(LEVELS) == levels
