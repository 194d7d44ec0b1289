"""A shopper saves with a coupon and pays the rest with a gift card, in real Chromium."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.catalog.interface import Kind, ProductDraft, Variant, catalog
from apps.orders.models import Order
from apps.pricing.interface import Price, pricing
from apps.pricing.models import Coupon, GiftCard, Promotion
from apps.pricing.service import giftcards
from apps.stock.interface import Line, stock
from commerce.money import Money

from .shopper import chromium, needs_chromium, page
from .test_browser import fill_in

pytestmark = [pytest.mark.django_db(transaction=True), needs_chromium]
PICTURES = os.environ.get("HALLES_PICTURES", "")  # a folder, for people to look at


@pytest.fixture
def code() -> str:
    """Sell a teapot, with a coupon for a tenth of it; gives the code of a gift card of 200."""
    name = {"en": "Teapot", "fr": "Théière"}
    pot = ProductDraft("POT", Kind.SIMPLE, name, "teapot", variants=(Variant("POT", weight=900),))
    catalog.save(drafts=(pot,))
    pricing.set_prices(prices=(Price("POT", Money(6000, "EUR")),))
    stock.count(lines=(Line("POT", 5),), reference="opening")
    tenth = {"conditions": [], "effects": [{"kind": "order-percent", "percent": "10"}]}
    sale = Promotion.objects.create(
        key="spring", name="Spring sale", is_live=True, by_coupon=True, terms=tenth
    )
    Coupon.objects.create(code="SPRING", promotion=sale, use_limit=1)
    _card, code = giftcards.issue(Money(20_000, "EUR"))
    return code


@pytest.mark.parametrize("house", ["together"], indirect=True)
@pytest.mark.parametrize(
    ("language", "scripts", "small"), [("", True, False), ("/fr", False, True)], ids=["en", "fr"]
)
def test_shopper_saves_with_a_coupon_and_pays_with_a_card(house, code, language, scripts, small):
    with chromium() as browser, page(browser, house, scripts=scripts, small=small) as shop:
        shop.goto(f"{language}/products/teapot")
        shop.locator(".buy button").first.click()
        expect(shop.locator("[data-cart-count]" if scripts else ".line")).to_be_visible()
        shop.goto(f"{language}/cart/")
        enter(shop, "#coupon", "WRONG")
        expect(shop.locator("#coupon-wrong")).to_be_visible()
        picture(shop, "refused", small)
        enter(shop, "#coupon", "spring")
        enter(shop, "#gift-card", code)
        expect(shop.locator("dd.discount")).to_have_count(2)
        picture(shop, "cart", small)
        shop.goto(f"{language}/checkout/")
        fill_in(shop)
        shop.locator("button[name=refresh]").click()
        expect(shop.locator("input[name=payment][value=nothing]")).to_be_checked()
        picture(shop, "checkout", small)
        shop.locator("button[name=buy]").click()
        expect(shop.locator(".receipt")).to_be_visible()
        picture(shop, "order", small)
    order = Order.objects.get()
    assert (order.coupons, [each["minor"] for each in order.discounts]) == (["SPRING"], [600])
    assert Coupon.objects.get().used == 1
    assert GiftCard.objects.get().balance_minor == 20_000 - order.grand


def enter(shop: Page, field: str, code: str) -> None:
    """Type a code and press the button beside it."""
    shop.locator(field).fill(code)
    shop.locator(f"form:has({field}) button").click()
    shop.wait_for_load_state()


def picture(shop: Page, name: str, small: bool) -> None:
    """Keep what is shown, in the light and in the dark, for whoever wants to see it."""
    for scheme in ("light", "dark") if PICTURES else ():
        shop.emulate_media(color_scheme=scheme)
        place = Path(PICTURES) / f"{name}-{'phone' if small else 'desktop'}-{scheme}.png"
        shop.screenshot(path=place, full_page=True)
        shop.emulate_media(color_scheme="light")
