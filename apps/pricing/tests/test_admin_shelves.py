"""Price lists and catalogue promotions in the admin."""

from datetime import timedelta
from uuid import uuid4

import pytest

from apps.pricing.interface import Audience, Price, pricing
from apps.pricing.models import CatalogPromotion, PriceList
from apps.pricing.models import Price as Row
from commerce import clock
from commerce.money import Money

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("prices")]
EMPTY = dict.fromkeys(("since_0", "since_1", "until_0", "until_1"), "")


def unit(**audience):
    found = pricing.prices(skus=("MUG",), currency="EUR", audience=Audience(**audience))
    return found["MUG"].unit.minor


def test_makes_a_list_for_some_customers_and_puts_a_price_on_it(admin_client):
    alice = uuid4()
    form = {"code": "trade", "name": "Trade", "active": "on", "priority": "0"} | EMPTY
    form |= {"channels": "", "groups": "", "customers": f"{alice}, {uuid4()}"}
    answer = admin_client.post("/admin/pricing/pricelist/add/", form)
    assert answer.status_code == 302, answer.content
    made = PriceList.objects.get()
    price = {"sku": "MUG", "currency": "EUR", "list": made.pk, "from_quantity": "10"}
    price |= {"price": "8", "minimum": "7.50", "before": ""}
    assert admin_client.post("/admin/pricing/price/add/", price).status_code == 302
    assert "trade" in admin_client.get("/admin/pricing/pricelist/").text
    assert "Trade" in admin_client.get("/admin/pricing/price/").text
    row = Row.objects.get(list=made)
    assert (row.minor, row.minimum_minor, row.from_quantity) == (800, 750, 10)
    assert unit(customer=alice) == 1290


def test_reduces_shelves_for_a_time(admin_client):
    form = {"key": "sale", "name": "Sale", "is_live": "on", "priority": "0"} | EMPTY
    form |= {"percent": "50", "currency": "", "new_price": "", "fixed": ""}
    form |= dict.fromkeys(("skus", "products", "categories", "channels", "groups"), "")
    answer = admin_client.post("/admin/pricing/catalogpromotion/add/", form | {"skus": "MUG, TEE"})
    assert answer.status_code == 302, answer.content
    assert unit() == 645
    page = admin_client.get("/admin/pricing/catalogpromotion/").text
    assert "live now" in page
    assert "50 %" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"percent": ""},
        {"percent": "101"},
        {"percent": "-1"},
        {"fixed": "5"},
        {"since_0": "2030-05-02", "since_1": "00:00", "until_0": "2030-05-01", "until_1": "00:00"},
    ],
)
def test_refuses_reductions_that_make_no_sense(admin_client, wrong):
    form = {"key": "sale", "name": "Sale", "priority": "0", "percent": "10", "currency": ""}
    answer = admin_client.post("/admin/pricing/catalogpromotion/add/", form | EMPTY | wrong)
    assert answer.status_code == 200
    assert not CatalogPromotion.objects.exists()


def test_says_how_a_list_stands(admin_client):
    now, day = clock.now(), timedelta(days=1)
    PriceList.objects.create(code="a", name="A", since=now + day)
    PriceList.objects.create(code="b", name="B", until=now - day)
    PriceList.objects.create(code="c", name="C", active=False)
    page = admin_client.get("/admin/pricing/pricelist/").text
    assert all(word in page for word in ("begins later", "over", "off"))


def test_a_lowest_price_above_the_price_is_refused(admin_client):
    row = Row.objects.get(sku="MUG")
    form = {"price": "9", "before": "", "minimum": "10"}
    assert admin_client.post(f"/admin/pricing/price/{row.pk}/change/", form).status_code == 200
    assert pricing.prices(skus=("MUG",), currency="EUR")["MUG"] == Price("MUG", Money(1290, "EUR"))
