"""What nobody may write or claim, over the API and in the admin: refused clearly, never priced."""

import json

import pytest

from apps.pricing.interface import Price, pricing
from apps.pricing.models import Price as Row
from apps.pricing.models import PriceList, Promotion
from apps.pricing.tests.offers import promote
from apps.pricing.tests.partner import Partner, pointers
from commerce.money import Money

pytestmark = pytest.mark.django_db
ADMIN = "/admin/pricing"
NO_AMOUNTS = ["-1", "NaN", "Infinity", "-0.01", "1e3", "1.001", "", "٣", "=1+1"]
WRITTEN_ODDLY = ["1e3", "٣"]  # numbers to whoever types them into a form
GIFT = {"kind": "gift", "sku": "TEE"}


@pytest.fixture
def agency(prices):
    """A partner of a shop that has prices."""
    return Partner("pricing:read", "pricing:write")


def written(*effects, conditions=(), **more):
    terms = {"conditions": list(conditions), "effects": list(effects)}
    return {"key": "may", "name": "May", "currency": "EUR", "terms": terms} | more


def lined(**more):
    """The same as lines of the admin's form."""
    plain = {"key": "may", "name": "May", "priority": "0", "currency": "EUR"}
    return plain | {"terms-if-0-kind": "", "terms-then-0-kind": "order-fixed"} | more


def applied(key):
    return {"kind": "applied", "promotion": key}


def unchanged():
    return pricing.prices(skus=("MUG",), currency="EUR")["MUG"].unit == Money(1290, "EUR")


@pytest.mark.parametrize("amount", [*NO_AMOUNTS, -1, 5, None])
def test_a_promotion_of_no_amount_is_refused(agency, admin_client, amount):
    body = written({"kind": "order-fixed", "amount": amount})
    places = pointers(agency.post("promotions", body), "promotion-invalid")
    assert set(places) == {"/terms/effects/0/amount"}
    told = {"terms-then-0-amount": amount} if isinstance(amount, str) else {}
    page = admin_client.post(f"{ADMIN}/promotion/add/", lined(**told))
    assert (page.status_code, Promotion.objects.exists()) == (200, False)


@pytest.mark.parametrize("units", [0, -1, 1.5, "1", True, None])
def test_a_gift_of_no_units_is_refused(agency, units):
    answer = agency.post("promotions", written(GIFT | {"units": units}))
    assert set(pointers(answer, "promotion-invalid")) == {"/terms/effects/0/units"}


@pytest.mark.parametrize("units", ["0", "-1", "1.5", "x"])
def test_a_gift_of_no_units_is_refused_in_the_admin(admin_client, units):
    told = {"terms-then-0-kind": "gift", "terms-then-0-sku": "TEE", "terms-then-0-units": units}
    page = admin_client.post(f"{ADMIN}/promotion/add/", lined(**told))
    assert "has to be a whole number from 1 on" in page.text
    assert not Promotion.objects.exists()


@pytest.mark.parametrize("number", [0, -1, "1", 1.5])
def test_a_rule_about_no_number_of_orders_is_refused(agency, number):
    for kind, field in (("nth-order", "number"), ("orders-at-least", "orders")):
        body = written(GIFT, conditions=[{"kind": kind, field: number}])
        places = pointers(agency.post("promotions", body), "promotion-invalid")
        assert set(places) == {f"/terms/conditions/0/{field}"}


@pytest.mark.parametrize("amount", NO_AMOUNTS)
def test_a_price_of_no_amount_is_refused(agency, admin_client, amount):
    mug = Row.objects.get(sku="MUG")
    etag = agency.get(f"prices/{mug.pk}").headers["ETag"]
    assert agency.put(f"prices/{mug.pk}", {"amount": amount}, etag).status_code == 422
    line = json.dumps({"sku": "MUG", "amount": amount, "currency": "EUR"})
    assert agency.post_lines("prices:bulk", line).json()["code"] == "prices-rejected"
    assert unchanged()
    if amount not in WRITTEN_ODDLY:
        page = admin_client.post(f"{ADMIN}/price/{mug.pk}/change/", {"price": amount})
        assert (page.status_code, unchanged()) == (200, True)


@pytest.mark.parametrize("currency", ["QQQ", "eur", "EURO", "€"])
def test_a_currency_nobody_knows_is_refused(agency, admin_client, currency):
    effect = {"kind": "order-percent", "percent": "10"}
    answer = agency.post("promotions", written(effect, currency=currency))
    assert {each["pointer"] for each in answer.json()["errors"]} == {"/currency"}
    line = json.dumps({"sku": "MUG", "amount": "1.00", "currency": currency})
    errors = agency.post_lines("prices:bulk", line).json()["errors"]
    assert [each["code"] for each in errors] == ["unknown-currency"]
    cart = {"lines": [{"sku": "MUG", "quantity": 1}], "currency": currency}
    assert set(pointers(agency.post("cart-quotes", cart), "body-invalid")) == {"/currency"}
    for path, told in (
        ("promotion", lined(currency=currency, **{"terms-then-0-amount": "5"})),
        ("price", {"sku": "HAT", "currency": currency, "price": "5", "from_quantity": "1"}),
    ):
        page = admin_client.post(f"{ADMIN}/{path}/add/", told)
        assert (page.status_code, "Select a valid choice" in page.text) == (200, True)
    assert not Promotion.objects.exists()


def test_no_rule_waits_for_itself(agency, admin_client):
    body = written(GIFT, conditions=[applied("may")])
    assert agency.post("promotions", body).status_code == 422
    told = {"terms-then-0-amount": "5", "terms-if-0-kind": "applied"}
    form = lined(**told, **{"terms-if-0-promotion": "may"})
    assert admin_client.post(f"{ADMIN}/promotion/add/", form).status_code == 200
    assert not Promotion.objects.exists()


def test_no_rule_waits_for_itself_by_a_detour(agency, admin_client):
    first = promote("first")
    promote("second", conditions=[applied("first")])
    etag = agency.get("promotions/first").headers["ETag"]
    terms = first.terms | {"conditions": [{"kind": "not", "condition": applied("second")}]}
    answer = agency.patch("promotions/first", {"terms": terms}, etag)
    assert pointers(answer, "promotion-invalid").keys() == {"/terms"}
    assert "by a detour" in answer.json()["errors"][0]["detail"]
    form = lined(key="first", **{"terms-if-0-kind": "applied", "terms-if-0-promotion": "second"})
    page = admin_client.post(
        f"{ADMIN}/promotion/{first.pk}/change/", form | {"terms-then-0-amount": "5"}
    )
    assert "by a detour" in page.text
    first.refresh_from_db()
    assert first.terms["conditions"] == []


def test_of_overlapping_lists_the_one_that_decides_is_told(agency):
    for code, priority, amount in (("summer", 1, "11"), ("club", 2, "10"), ("late", 2, "9")):
        PriceList.objects.create(code=code, name=code.title(), priority=priority)
        pricing.set_prices(prices=(Price("MUG", Money.of(amount, "EUR"), None, code),))
    body = {"lines": [{"sku": "MUG", "quantity": 1}]}
    told = agency.post("cart-quotes", body).json()
    assert told["reasons"][0]["text"] == "Club prices MUG at 10.00 EUR."
    assert told["grand"] == {"amount": "10.00", "currency": "EUR"}


@pytest.mark.parametrize(
    "claimed", [{"total": "0.01"}, {"grand": {"amount": "0.01", "currency": "EUR"}}, {"tax": "0"}]
)
def test_nothing_is_priced_from_what_a_client_says(agency, claimed):
    body = {"lines": [{"sku": "MUG", "quantity": 1}]}
    answer = agency.post("cart-quotes", body | claimed)
    assert (answer.status_code, answer.json()["code"]) == (422, "body-invalid")
    line = {"sku": "MUG", "quantity": 1, "unit": "0.01"}
    assert agency.post("cart-quotes", {"lines": [line]}).status_code == 422
