"""The proofs themselves: a crowd finds nothing wrong, and finds it when the guard is gone."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.stock.management.proofs import books
from apps.stock.management.proofs.oversell import CHECK, GUARD, Rush
from commerce.proving import CannotRun, Verdict
from commerce.rest.keys import storefront_key
from commerce.testing.processes import Running, running

pytestmark = pytest.mark.django_db(transaction=True)
OPTIONS = {"buyers": 16, "units": 5, "processes": 2, "at_once": 4, "kill_every": 0, "minutes": 0.5}
FUNCTIONS = """
SELECT pg_get_functiondef(oid) FROM pg_proc WHERE starts_with(proname, 'stock_reserve')
"""
INTACT = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'stock_level_never_oversold'
"""
RIGHT_AGAIN = "ALTER TABLE stock_level ADD CONSTRAINT stock_level_never_oversold "


class Here:
    """This test's own shop."""

    kills = {}

    def __init__(self, shop: Running) -> None:
        self.url, self.key = shop.url, storefront_key()

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(**connection.get_connection_params(), autocommit=True)

    def sell(self, sku: str, units: int, tmp_path: Path) -> None:
        row = {"key": sku, "kind": "virtual", "name": {"en": sku}, "slug": sku.lower()}
        row |= {"variants": [{"sku": sku}], "stock": {sku: units}}
        row |= {"prices": [{"sku": sku, "currency": "EUR", "amount": "10.00"}]}
        file = tmp_path / "goods.ndjson"
        file.write_text(json.dumps(row))
        call_command("import_products", str(file), "--format", "ndjson")


@contextmanager
def without_guard(place: Here) -> Iterator[None]:
    with place.connect() as truth:
        functions = truth.execute(FUNCTIONS).fetchall()
        [check] = truth.execute(INTACT).fetchone()
        truth.execute(CHECK)
    books.spoil(place, "stock_reserve", GUARD, "true")
    try:
        yield
    finally:
        with place.connect() as truth:
            for [function] in functions:
                truth.execute(function)
            truth.execute("UPDATE stock_level SET held = 0, allocated = 0")
            truth.execute(RIGHT_AGAIN + check)


@pytest.fixture
def place(tmp_path):
    with running("web") as shop:
        here = Here(shop)
        here.sell("LAST", OPTIONS["units"], tmp_path)
        yield here


def test_a_crowd_buys_exactly_what_there_is_and_more_without_the_guard(place, tmp_path):
    kept, broken = Verdict("stock"), Verdict("stock")
    Rush(place, "LAST", OPTIONS, kept, print).run()
    assert kept.violations == []
    assert (kept.counts["sold"], kept.counts["orders told"]) == (5, 5)
    place.sell("FREE", OPTIONS["units"], tmp_path)
    with without_guard(place):
        Rush(place, "FREE", OPTIONS, broken, print).run()
    assert any(violation.startswith("oversold") for violation in broken.violations)


def test_a_guard_that_is_not_found_is_said(place):
    with pytest.raises(CannotRun, match="no guard"):
        books.spoil(place, "stock_reserve", "no such text", "")


def test_says_plainly_that_nobody_answers(capsys):
    with pytest.raises(CommandError, match="Nothing answers at") as refusal:
        call_command("prove", "stock", "--url", "http://127.0.0.1:1")
    assert refusal.value.returncode == 2
