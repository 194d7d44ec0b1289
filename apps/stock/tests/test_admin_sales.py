"""Merchants set up sales, and see how they go."""

from datetime import timedelta
from uuid import uuid4

import pytest

from apps.catalog.interface import Component, Kind, ProductDraft, Variant, catalog
from apps.stock import store
from apps.stock.interface import stock
from apps.stock.models import Sale
from apps.stock.service import line
from apps.stock.tests.shelf import commit, reserve
from commerce.services import ServiceUnavailable

pytestmark = pytest.mark.usefixtures("shelf")
SALES = "/admin/stock/sale/"
CHANGED = 302


def told(skus, **more):
    form = {"name": "Launch", "starts_at_0": "2030-01-01", "starts_at_1": "12:00", "lined": "on"}
    return form | {"pace": 20, "skus": skus} | more


def skus_of(sale):
    return list(sale.items.order_by("sku").values_list("sku", flat=True))


def test_a_sale_has_the_skus_that_were_typed(merchant):
    assert merchant.post(f"{SALES}add/", told(" MUG\r\nTEE,MUG\n")).status_code == CHANGED
    sale = Sale.objects.get()
    assert skus_of(sale) == ["MUG", "TEE"]
    page = f"{SALES}{sale.pk}/change/"
    assert "MUG\nTEE</textarea>" in merchant.get(page).text
    assert merchant.post(page, told("TEE", name="Later")).status_code == CHANGED
    assert skus_of(sale) == ["TEE"]


def test_a_sale_has_only_skus_that_somebody_knows(merchant):
    parts = (Component("MUG", 2), Component("TEE", 1))
    box = {"kind": Kind.BUNDLE, "components": parts, "variants": (Variant("BOX"),)}
    catalog.save(drafts=(ProductDraft(key="BOX", name={"en": "Box"}, slug="box", **box),))
    page = merchant.post(f"{SALES}add/", told("MUG\nMUGG\nBOX")).text
    assert "Neither the shelves nor the catalogue know MUGG." in page
    assert "BOX is a set. Name what it is made of: MUG, TEE." in page
    assert "is required" in merchant.post(f"{SALES}add/", told(" ")).text
    assert not Sale.objects.exists()


def test_a_sku_is_in_one_sale(merchant):
    line.announce("Launch", ("MUG",), timedelta(hours=1), pace=1)
    page = merchant.post(f"{SALES}add/", told("MUG", name="Again")).text
    assert "MUG is in the sale “Launch” already." in page
    assert Sale.objects.count() == 1


def test_shows_how_a_sale_goes(merchant, alice, bob, order, monkeypatch):
    monkeypatch.setattr(store, "TICK", 0)
    line.memory.clear()
    line.announce("Launch", ("MUG",), timedelta(hours=-1), pace=1000)
    for cart in (alice, bob, uuid4(), uuid4(), uuid4()):
        stock.line_up(cart=cart, sku="MUG")
    reserve(alice, MUG=1)
    commit(order, alice, MUG=1)
    reserve(bob, MUG=1)
    page = merchant.get(f"{SALES}{Sale.objects.get().pk}/change/").text
    assert "1 waits · 4 let in · 2 took goods · 1 ordered" in page
    cells = page.split("MUG</td>")[1].split("</tr>")[0]
    assert [cell.split("<")[0] for cell in cells.split('pr-6">')[1:]] == ["1", "1", "1"]
    line.memory.clear()


def test_shows_how_a_sale_goes_without_its_line(merchant, monkeypatch):
    line.announce("Launch", ("MUG",), timedelta(hours=1), pace=1)

    def silent(sale):
        raise ServiceUnavailable(reason="lines")

    monkeypatch.setattr(store, "waiting", silent)
    page = merchant.get(f"{SALES}{Sale.objects.get().pk}/change/").text
    assert "Nobody can say right now how many wait." in page
