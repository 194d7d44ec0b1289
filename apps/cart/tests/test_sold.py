"""What is sold is remembered for all processes, and facts keep it true."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils.module_loading import import_string

from apps.cart import service
from apps.cart.domain import UnknownSku
from apps.cart.service import sold, warm
from apps.cart.tests.conftest import draft
from apps.catalog.interface import Component, Kind, Variant, catalog
from apps.pricing.interface import Price, pricing
from apps.stock.interface import Line, OutOfStock, stock
from commerce import clock
from commerce.money import Money
from commerce.redis import client
from commerce.testing import deliver_all

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def begin():
    def begin(currency: str = "EUR"):
        return service.create(currency=currency, locale="en").id

    return begin


@pytest.fixture
def warmed():
    """Have everything that is sold remembered, by its facts."""
    deliver_all()


@contextmanager
def asking(*contexts: str):
    """See to it that nobody but these contexts is asked for a row."""
    statements = []

    def note(execute, sql, *how):
        statements.append(str(sql))
        return execute(sql, *how)

    with connection.execute_wrapper(note):
        yield
    read = {name for sql in statements for name in ("catalog", "pricing") if f"{name}_" in sql}
    assert read == set(contexts)


def add(cart, sku="MUG", quantity=1) -> int:
    return service.add(cart, sku=sku, quantity=quantity).line.quantity


def take_offline(*skus):
    catalog.save(drafts=tuple(draft(sku, online=False) for sku in skus))


def entry(sku="MUG") -> bytes | None:
    return client("carts").hget(sold.place(sku), sku)


def test_what_facts_tell_is_not_asked_for(begin, warmed):
    with asking():
        assert add(begin()) == 1
        assert add(begin("USD"), "TEE") == 1


def test_what_nobody_remembers_is_asked_for_once(begin):
    with asking("catalog", "pricing"):
        add(begin())
    with asking():
        add(begin())


def test_asks_again_in_another_currency_only(begin):
    add(begin())
    with asking("catalog", "pricing"):
        add(begin("USD"))
    with asking():
        add(begin())
    assert sold.unpacked("MUG", entry()).currencies == ("EUR", "USD")


def test_remembers_a_question_that_ended_in_a_refusal(begin):
    with pytest.raises(OutOfStock):
        add(begin(), quantity=4)
    assert entry() is not None


def test_remembers_nothing_that_is_not_sold(begin):
    with pytest.raises(UnknownSku):
        add(begin(), "HAT")
    assert entry("HAT") is None


def test_lines_that_are_held_are_not_asked_about(begin, warmed):
    alice = begin()
    add(alice, "TEE")
    client("carts").delete(sold.place("TEE"))
    with asking():
        add(alice)


def test_a_bundle_takes_its_parts(begin, warmed):
    alice = begin()
    with asking():
        add(alice, "SET")
        add(alice)
    free = stock.available(skus=("MUG", "TEE"))
    assert (free["MUG"].free, free["TEE"].free) == (0, 0)


def test_a_bundle_takes_other_parts_once_they_change(begin, warmed):
    parts = (Component("MUG", 1),)
    catalog.save(drafts=(draft("SET", kind=Kind.BUNDLE, components=parts),))
    deliver_all()
    with asking():
        add(begin(), "SET")
    assert stock.available(skus=("TEE",))["TEE"].free == 1


def test_what_goes_offline_is_refused(begin, warmed):
    take_offline("MUG")
    assert add(begin()) == 1  # its fact is on the way
    deliver_all()
    with pytest.raises(UnknownSku):
        add(begin())


def test_what_comes_back_is_sold_again(begin, warmed):
    take_offline("MUG")
    catalog.save(drafts=(draft("MUG"),))
    deliver_all()
    with asking():
        assert add(begin()) == 1


def test_a_variant_that_is_dropped_is_refused(begin):
    sizes = tuple(Variant(f"SHIRT-{size}", {"size": size}) for size in "SM")
    save_shirt(*sizes)
    pricing.set_prices(prices=tuple(Price(each.sku, Money(900, "EUR")) for each in sizes))
    stock.count(lines=tuple(Line(each.sku, 5) for each in sizes), reference="sizes")
    deliver_all()
    add(begin(), "SHIRT-M")
    save_shirt(sizes[0])
    deliver_all()
    assert add(begin(), "SHIRT-S") == 1
    with pytest.raises(UnknownSku):
        add(begin(), "SHIRT-M")


def save_shirt(*sizes):
    options = {"attributes": {"size": ("S", "M")}, "options": ("size",)}
    shirt = draft("SHIRT", kind=Kind.CONFIGURABLE, **options)
    [outcome] = catalog.save(drafts=(replace(shirt, variants=sizes),))
    assert not outcome.problems


def test_a_currency_without_a_price_is_refused(begin, warmed):
    pricing.set_prices(prices=(Price("CAP", Money(900, "EUR")),))
    catalog.save(drafts=(draft("CAP"),))
    stock.count(lines=(Line("CAP", 5),), reference="caps")
    deliver_all()
    assert add(begin(), "CAP") == 1
    with pytest.raises(UnknownSku):
        add(begin("USD"), "CAP")
    pricing.set_prices(prices=(Price("CAP", Money(900, "USD")),))
    assert add(begin("USD"), "CAP") == 1


def test_a_price_that_is_removed_is_refused(begin, warmed, admin_client):
    pricing.set_prices(prices=(Price("TEE", Money(900, "EUR")),))
    rows = connection.cursor().execute(
        "SELECT id FROM pricing_price WHERE sku = 'TEE' AND currency = 'EUR'"
    )
    [(row,)] = rows.fetchall()
    chosen = {"action": "delete_selected", "_selected_action": [row], "post": "yes"}
    assert admin_client.post("/admin/pricing/price/", chosen).status_code == 302
    deliver_all()
    with pytest.raises(UnknownSku):
        add(begin(), "TEE")
    with asking():
        assert add(begin("USD"), "TEE") == 1


def test_nothing_is_lost_with_redis(begin, warmed):
    client("carts").flushdb()
    assert add(begin()) == 1


def test_what_is_too_old_is_asked_for_anew(begin, warmed, monkeypatch):
    later = clock.now() + timedelta(seconds=sold.LASTS)
    monkeypatch.setattr(clock, "now", lambda: later)
    with asking("catalog", "pricing"):
        add(begin())
    with asking():
        add(begin())


class Slow(import_string("apps.catalog.service.CatalogService")):
    """A catalogue whose answers arrive when they are true no more."""

    def items(self, *, skus):
        return self.late(super().items(skus=skus))

    def batch(self, **asked):
        return self.late(super().batch(**asked))

    def late(self, answer):
        self.save(drafts=(draft("MUG", online=False),))
        deliver_all()
        return answer


@contextmanager
def slow(settings):
    usual = settings.SERVICES
    settings.SERVICES = usual | {"catalog": {"BACKEND": f"{__name__}.Slow"}}
    yield
    settings.SERVICES = usual


def test_who_read_before_a_change_does_not_write_after_it(begin, settings):
    with slow(settings):
        add(begin())
    with pytest.raises(UnknownSku):
        add(begin())


def test_warming_writes_down_all_that_is_sold(begin, capsys):
    take_offline("TEE")
    call_command("warm_carts")
    with asking():
        add(begin())
        add(begin("USD"), "SET")
    assert entry("TEE") is None
    assert "of 3 products" in capsys.readouterr().out


def test_warming_writes_nothing_over_what_is_newer(begin, warmed, settings):
    with slow(settings):
        assert list(warm.warm()) == [3]
    with pytest.raises(UnknownSku):
        add(begin())


def test_warming_forgets_what_was_dropped_long_ago(warmed, monkeypatch, capsys):
    take_offline("MUG", "TEE")
    deliver_all()
    later = clock.now() + timedelta(seconds=sold.LASTS + sold.MARGIN + 1)
    call_command("warm_carts")
    assert entry("MUG")
    monkeypatch.setattr(clock, "now", lambda: later)
    call_command("warm_carts")
    assert entry("MUG") is None
    assert entry("SET")
    assert "forgot 2 SKUs" in capsys.readouterr().out
