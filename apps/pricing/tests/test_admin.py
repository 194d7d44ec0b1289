import pytest

from apps.pricing.events import PricesRemoved
from apps.pricing.interface import Price, pricing
from apps.pricing.models import Price as Row
from apps.pricing.models import ShippingOption
from commerce.events.models import Fact
from commerce.money import Money

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug():
    pricing.set_prices(prices=(Price("MUG", Money.of("12.90", "EUR")),))
    return Row.objects.get(sku="MUG")


def test_lists_prices_found_by_the_beginning_of_a_sku(admin_client, mug):
    page = admin_client.get("/admin/pricing/price/", {"q": "mu"}).text
    assert "MUG" in page
    assert "12.90" in page
    assert "12.90" not in admin_client.get("/admin/pricing/price/", {"q": "UG"}).text


def test_changes_a_price_entered_in_major_units(admin_client, mug):
    page = f"/admin/pricing/price/{mug.pk}/change/"
    assert 'value="12.90"' in admin_client.get(page).text
    answer = admin_client.post(page, {"price": "9.90", "before": "12.90"})
    assert answer.status_code == 302
    reduced = Price("MUG", Money.of("9.90", "EUR"), Money.of("12.90", "EUR"))
    assert pricing.prices(skus=("MUG",), currency="EUR")["MUG"] == reduced


def test_adds_a_price(admin_client):
    form = {"sku": "TEE", "currency": "USD", "price": "25", "before": ""}
    assert admin_client.post("/admin/pricing/price/add/", form).status_code == 302
    assert pricing.prices(skus=("TEE",), currency="USD")["TEE"].unit == Money(2_500, "USD")


@pytest.mark.parametrize("form", [{"price": "-1"}, {"price": "two"}, {"price": "5", "before": "4"}])
def test_refuses_a_price_that_is_none(admin_client, mug, form):
    answer = admin_client.post(f"/admin/pricing/price/{mug.pk}/change/", form)
    assert answer.status_code == 200
    assert pricing.prices(skus=("MUG",), currency="EUR")["MUG"].unit == Money(1_290, "EUR")


def test_tells_of_a_price_it_removes(admin_client, mug):
    page = f"/admin/pricing/price/{mug.pk}/delete/"
    assert admin_client.post(page, {"post": "yes"}).status_code == 302
    assert pricing.prices(skus=("MUG",), currency="EUR") == {}
    [kept] = Fact.objects.filter(name=PricesRemoved.name)
    assert kept.payload == {"skus": ["MUG"]}


def test_changes_what_sending_costs(admin_client):
    option = ShippingOption.objects.get(code="express")
    form = {
        "code": "express",
        "name_en": "Express",
        "name_fr": "Exprès",
        "countries": "FR,DE",
        "earliest": "1",
        "latest": "2",
        "active": "on",
        "prices-TOTAL_FORMS": "1",
        "prices-INITIAL_FORMS": "1",
        "prices-0-id": option.prices.get(currency="EUR").pk,
        "prices-0-option": option.pk,
        "prices-0-currency": "EUR",
        "prices-0-price": "9.50",
        "prices-0-free_from": "",
    }
    answer = admin_client.post(f"/admin/pricing/shippingoption/{option.pk}/change/", form)
    assert answer.status_code == 302
    assert option.prices.get(currency="EUR").minor == 950
    option.refresh_from_db()
    assert option.name == {"en": "Express", "fr": "Exprès"}


def test_shows_names_by_language_and_no_json(admin_client):
    option = ShippingOption.objects.get(code="express")
    page = admin_client.get(f"/admin/pricing/shippingoption/{option.pk}/change/").text
    assert 'name="name_fr"' in page
    assert "{&quot;en&quot;" not in page


def test_refuses_to_arrive_before_having_left(admin_client):
    option = ShippingOption.objects.get(code="express")
    form = {"code": "express", "name_en": "Express", "countries": "FR", "active": "on"}
    form |= {"earliest": "3", "latest": "2", "prices-TOTAL_FORMS": "0", "prices-INITIAL_FORMS": "0"}
    page = admin_client.post(f"/admin/pricing/shippingoption/{option.pk}/change/", form)
    assert "The latest day comes before the earliest." in page.text


@pytest.mark.parametrize("page", ["taxrate/", "taxrate/add/", "shippingoption/", "price/add/"])
def test_opens_every_page(admin_client, page):
    assert admin_client.get(f"/admin/pricing/{page}").status_code == 200
