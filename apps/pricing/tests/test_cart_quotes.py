import pytest
from django.test import Client

from apps.pricing.models import ShippingOption, ShippingPrice, TaxRate
from apps.pricing.tests.offers import coupon, promote
from commerce.rest import keys

pytestmark = pytest.mark.django_db
URL = "/api/pricing/v1/cart-quotes"
MUG = {"sku": "MUG", "quantity": 2}


@pytest.fixture(autouse=True)
def shop(prices, both_ways):
    """Ask the neighbours plainly and through the wire."""


@pytest.fixture
def ask():
    client = Client(raise_request_exception=False, headers={"X-Api-Key": keys.storefront_key()})
    return lambda *lines, **more: client.post(
        URL, {"lines": list(lines)} | more, content_type="application/json"
    )


def eur(amount):
    return {"amount": amount, "currency": "EUR"}


def refused(answer, code):
    """Return what is pointed to, and why."""
    told = answer.json()
    assert (told["code"], answer.status_code) == (code, 422)
    return {each["pointer"]: each["code"] for each in told["errors"]}


def test_explains_every_cent_of_a_cart(ask):
    TaxRate.objects.create(country="FR", percent=20, since="2020-01-01")
    post = ShippingOption.objects.create(
        code="post", name={"en": "Post"}, countries=["FR"], earliest=1, latest=2
    )
    ShippingPrice.objects.create(option=post, currency="EUR", minor=490)
    promote("sale", name="Summer sale")
    told = ask(MUG, shipping="post").json()
    assert [line["total"] for line in told["lines"]] == [eur("23.22")]
    assert (told["shipping"], told["grand"]) == (eur("4.90"), eur("28.12"))
    assert told["discounts"] == [
        {"promotion": "sale", "name": "Summer sale", "amount": eur("2.58")}
    ]
    off = next(each for each in told["reasons"] if each["rule"] == "sale")
    assert off == {
        "kind": "discount",
        "rule": "sale",
        "name": "Summer sale",
        "target": "MUG",
        "amount": eur("-2.58"),
        "text": "Summer sale takes 2.58 EUR off MUG.",
    }
    assert sum(float(each["amount"]["amount"]) for each in told["reasons"]) == pytest.approx(28.12)


def test_answers_coupons(ask):
    coupon("SPRING")
    told = ask(MUG, coupons=["nothing", "spring"]).json()
    assert told["coupons"] == [
        {"code": "SPRING", "answer": "accepted"},
        {"code": "NOTHING", "answer": "replaced"},
    ]
    assert told["grand"] == eur("23.22")
    assert ask(MUG, coupons=["nothing"]).json()["coupons"][0]["answer"] == "unknown"


@pytest.mark.parametrize("quantity", [-1, 0, 1.5, 10_000, 2**63, "2", None, True, "NaN"])
def test_refuses_quantities_that_are_none(ask, quantity):
    assert "/lines/0/quantity" in refused(ask(MUG | {"quantity": quantity}), "body-invalid")


@pytest.mark.parametrize(
    "claimed", [{"grand": eur("0.01")}, {"price": eur("0.01")}, {"discounts": []}, {"tax": 0}]
)
def test_lets_no_client_say_what_something_costs(ask, claimed):
    assert set(refused(ask(MUG, **claimed), "body-invalid").values()) == {"unknown-field"}
    assert set(refused(ask(MUG | claimed), "body-invalid").values()) == {"unknown-field"}


def test_refuses_what_is_no_number():
    client = Client(headers={"X-Api-Key": keys.storefront_key()})
    body = '{"lines": [{"sku": "MUG", "quantity": NaN}]}'
    answer = client.post(URL, body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-json")


def test_refuses_carts_that_are_none(ask):
    assert refused(ask(), "body-invalid") == {"/lines": "invalid-value"}
    many = [{"sku": f"S{number}", "quantity": 1} for number in range(10_000)]
    assert refused(ask(*many), "body-invalid") == {"/lines": "invalid-value"}
    assert refused(ask(MUG, currency="XXX"), "body-invalid") == {"/currency": "not-offered"}
    assert refused(ask(MUG, country="France"), "body-invalid") == {"/country": "invalid-value"}


def test_refuses_a_sku_in_two_lines(ask):
    tee = {"sku": "TEE", "quantity": 1}
    assert refused(ask(MUG, tee, MUG), "line-doubled") == {
        "/lines/0/sku": "line-doubled",
        "/lines/2/sku": "line-doubled",
    }


def test_points_to_skus_that_nobody_sells(ask):
    answer = ask(MUG, {"sku": "HAT", "quantity": 1})
    assert refused(answer, "price-missing") == {"/lines/1/sku": "price-missing"}


def test_refuses_a_way_of_sending_that_does_not_go_there(ask):
    assert refused(ask(MUG, shipping="balloon"), "not-sent-there") == {
        "/shipping": "not-sent-there"
    }


def test_who_guesses_codes_is_told_of_none_for_a_while(ask, settings, monkeypatch):
    settings.LIMITS = True
    monkeypatch.setattr("apps.pricing.rest.carts.GUESSES", 3)
    monkeypatch.setattr("commerce.rest.throttles.LOOPBACK", 1)
    coupon("SPRING")
    for number in range(3):
        assert ask(MUG, coupons=[f"S{number}"]).status_code == 200
    late = ask(MUG, coupons=["SPRING"])
    assert (late.status_code, late.json()["code"]) == (429, "rate-limited")
    assert "Retry-After" in late.headers
    assert ask(MUG).status_code == 200


def test_a_code_that_counts_is_no_guess(ask, settings, monkeypatch):
    settings.LIMITS = True
    monkeypatch.setattr("apps.pricing.rest.carts.GUESSES", 3)
    monkeypatch.setattr("commerce.rest.throttles.LOOPBACK", 1)
    coupon("SPRING")
    assert {ask(MUG, coupons=["SPRING"]).status_code for _ in range(6)} == {200}


def test_prices_a_cart_in_two_queries_once_the_rules_are_known(
    ask, remembering, django_assert_num_queries
):
    lines = ({"sku": "MUG", "quantity": 2}, {"sku": "TEE", "quantity": 1})
    told = ask(*lines).json()
    with django_assert_num_queries(2):  # promotions and prices
        assert ask(*lines).json() == told


def test_quotes_in_two_queries_what_has_a_price(remembering, django_assert_num_queries):
    client = Client(headers={"X-Api-Key": keys.storefront_key()})
    place = "/api/pricing/v1/quotes?sku=MUG,TEE&qty=2,1"
    told = client.get(place).json()
    with django_assert_num_queries(2):
        assert client.get(place).json() == told
    assert client.get("/api/pricing/v1/quotes?sku=GONE,LOST").json() == {"data": []}
