"""The proofs of orders: they find nothing wrong, and find it when something is."""

import json
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.orders.management.proofs import acceptance, ledgers
from commerce import ids

from ..interface import Status
from .rows import order_row

pytestmark = pytest.mark.django_db(transaction=True)
SESSION = """
INSERT INTO payments_session
    (id, cart, method, minor, currency, attempt, status, reason, action_url, return_url, locale,
     captured_minor, refunded_minor)
VALUES
    (gen_random_uuid(), gen_random_uuid(), 'test', 900, 'EUR', 1, 'captured', '', '', '', 'en', {})
"""
WRONG = {
    "stock on hand and allocated": """
        INSERT INTO stock_level (sku, location, on_hand) VALUES ('MUG', 'main', 1)
    """,
    "stock held": """
        INSERT INTO stock_level (sku, location, on_hand, held) VALUES ('MUG', 'main', 1, 1)
    """,
    "goods of orders": """
        INSERT INTO stock_allocation ("order", sku, location, quantity)
        VALUES (gen_random_uuid(), 'MUG', 'main', 1)
    """,
    "balances of gift cards": """
        INSERT INTO pricing_giftcard
            (id, digest, hint, currency, issued_minor, balance_minor, is_live, note)
        VALUES (gen_random_uuid(), 'x', 'ABCD', 'EUR', 100, 90, true, '')
    """,
    "money taken": SESSION.format("900, 0"),
    "money given back": SESSION.format("900, 100"),
}


def verdict(capsys) -> dict[str, object]:
    """Run the proof, and return its last line."""
    with suppress(CommandError):
        call_command("prove", "replay")
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_replay_finds_nothing_wrong_in_a_shop_that_nobody_spoiled(capsys):
    said = verdict(capsys)
    assert said["promise"] == "kept"
    assert len(said["counts"]) == len(ledgers.LEDGERS)


@pytest.mark.parametrize("figure", WRONG)
def test_replay_finds_a_figure_that_its_ledger_does_not_come_to(capsys, figure):
    with connection.cursor() as cursor:
        cursor.execute(WRONG[figure])
    said = verdict(capsys)
    assert said["promise"] == "broken"
    assert any(each.startswith(figure) for each in said["violations"])


def test_replay_finds_a_state_that_no_story_tells_of(capsys):
    order_row(Status.PAID)
    assert any("states of orders" in each for each in verdict(capsys)["violations"])


def test_replay_finds_a_paid_order_without_money(capsys):
    order_row(Status.PAID, payment="captured", payment_session=ids.new())
    assert any("paid orders" in each for each in verdict(capsys)["violations"])


SMALL = {
    "orders": 60,
    "processes": 1,
    "at_once": 2,
    "kill_every": 1.0,
    "minutes": 4.0,
    "broker": "redis",
}


def test_orders_are_kept_while_everything_dies():
    said = acceptance.Acceptance().run(SMALL | {"control": False}, print).to_json()
    assert said["promise"] == "kept", said


def test_orders_that_trust_the_broker_are_noticed():
    said = acceptance.Acceptance().run(SMALL | {"control": True}, print).to_json()
    assert said["promise"] == "broken", said
