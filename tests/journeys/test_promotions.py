"""A merchant builds a promotion from lines, tries it, and puts it to work, in real Chromium."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from apps.catalog.interface import Kind, ProductDraft, Variant, catalog
from apps.pricing.interface import CartDraft, LineDraft, Price, pricing
from commerce.money import Money

from .shopper import chromium, needs_chromium, page

pytestmark = [pytest.mark.django_db(transaction=True), needs_chromium]
PROMOTIONS = "/admin/pricing/promotion/"


def fill_shelves():
    """Sell a mug."""
    mug = ProductDraft(
        key="MUG",
        kind=Kind.SIMPLE,
        name={"en": "Classic mug"},
        slug="classic-mug",
        variants=(Variant("MUG"),),
    )
    catalog.save(drafts=(mug,))
    pricing.set_prices(prices=(Price("MUG", Money(1200, "EUR")),))
    User.objects.create_superuser("olive", password="an old oak")


def build(shop):
    """Fill in the form; every choice brings its fields, and a new line below."""
    shop.goto(f"{PROMOTIONS}add/")
    shop.fill("#id_name", "Spring mugs")
    shop.fill("#id_key", "spring-mugs")
    shop.select_option("#id_currency", "EUR")
    shop.select_option("[name='terms-if-0-kind']", "items-total-at-least")
    shop.fill("[name='terms-if-0-amount']", "20")
    shop.select_option("[name='terms-if-1-kind']", "goes-to")
    shop.locator("[data-remove]").nth(1).click()
    expect(shop.locator("[data-side=if] [data-row]")).to_have_count(2)
    shop.fill("[name='terms-then-0-percent']", "50")
    shop.locator("summary").first.click()
    shop.fill("[name='terms-then-0-only.products']", "classic-mug")
    shop.locator("button[name=_continue]").click()


@pytest.mark.parametrize("house", ["together"], indirect=True)
def test_merchant_builds_tries_and_starts_a_promotion(house):
    fill_shelves()
    cart = CartDraft("EUR", (LineDraft("MUG", 2),))
    with chromium() as browser, page(browser, house, scripts=True, small=False) as shop:
        shop.goto("/admin/login/?next=/admin/")
        shop.fill("#id_username", "olive")
        shop.fill("#id_password", "an old oak")
        shop.locator("button[type=submit]").click()
        shop.wait_for_url("**/admin/")
        build(shop)
        told = "50 % off everything of classic-mug, if the goods cost 20 EUR or more."
        expect(shop.get_by_text(told)).to_be_visible()
        shop.get_by_role("link", name="Try it").click()
        expect(shop.locator(".try-saved")).to_have_text("The shopper pays 12.00 EUR less.")
        expect(shop.locator(".try-sentence")).to_contain_text("everything of Classic mug")
        shop.get_by_role("link", name="Back to the promotion").click()
        shop.locator("#id_is_live").check(force=True)
        shop.locator("button[name=_save]").click()
        expect(shop.locator("#result_list").get_by_text("live now")).to_be_visible()
    assert pricing.quote(cart=cart).grand == Money(1200, "EUR")
