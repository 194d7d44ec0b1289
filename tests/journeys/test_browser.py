"""A shopper finds, filters, adds, checks out and sees the order confirmed, in real Chromium."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from apps.catalog.interface import Attribute, Category, Kind, ProductDraft, Variant, catalog
from apps.pricing.interface import Price, pricing
from apps.stock.interface import Line, stock
from commerce.money import Money

from .shopper import chromium, needs_chromium, page

pytestmark = [pytest.mark.django_db(transaction=True), needs_chromium]

WORDS = {
    "en": {
        "home": "/",
        "shelf": "Tableware",
        "blue": "Blue",
        "add": "Add to cart",
        "checkout": "To the checkout",
        "confirmed": "Your order is confirmed",
        "email": "Please tell us your e-mail address.",
        "price": "€12.00",
    },
    "fr": {
        "home": "/fr/",
        "shelf": "Vaisselle",
        "blue": "Bleu",
        "add": "Ajouter au panier",
        "checkout": "Commander",
        "confirmed": "Votre commande est confirmée",
        "email": "Indiquez-nous votre adresse e-mail.",
        "price": "12,00\u00a0€",
    },
}


def fill_shelves() -> None:
    """Sell mugs in two colours and a plate."""
    catalog.describe(
        categories=(Category("tableware", {"en": "Tableware", "fr": "Vaisselle"}, 1),),
        attributes=(
            Attribute(
                "color",
                {"en": "Colour", "fr": "Couleur"},
                {"Blue": {"en": "Blue", "fr": "Bleu"}, "Red": {"en": "Red", "fr": "Rouge"}},
            ),
        ),
    )
    mugs = (Variant("MUG-RED", {"color": "Red"}, 300), Variant("MUG-BLUE", {"color": "Blue"}, 300))
    catalog.save(
        drafts=(
            ProductDraft(
                key="MUG",
                kind=Kind.CONFIGURABLE,
                name={"en": "Mug", "fr": "Tasse"},
                slug="mug",
                categories=("Tableware",),
                attributes={"color": ("Blue", "Red")},
                options=("color",),
                variants=mugs,
            ),
            ProductDraft(
                key="PLATE",
                kind=Kind.SIMPLE,
                name={"en": "Plate", "fr": "Assiette"},
                slug="plate",
                categories=("Tableware",),
                attributes={"color": ("Red",)},
                variants=(Variant("PLATE", weight=500),),
            ),
        )
    )
    skus = ("MUG-RED", "MUG-BLUE", "PLATE")
    pricing.set_prices(prices=tuple(Price(sku, Money(1200, "EUR")) for sku in skus))
    stock.count(lines=tuple(Line(sku, 5) for sku in skus), reference="opening")


@pytest.mark.parametrize(
    ("language", "scripts", "small"),
    [("en", True, False), ("fr", False, True)],
    ids=["english-with-scripts", "french-without-scripts-on-a-phone"],
)
def test_shopper_buys_a_blue_mug(house, language, scripts, small):
    fill_shelves()
    with chromium() as browser, page(browser, house, scripts=scripts, small=small) as shop:
        buy_a_blue_mug(shop, WORDS[language], language=language, scripts=scripts)
    assert stock.available(skus=("MUG-BLUE",))["MUG-BLUE"].free == 4


@pytest.mark.parametrize("house", ["together"], indirect=True)
@pytest.mark.parametrize(("language", "scripts"), [("fr", True), ("en", False)])
def test_the_other_language_buys_as_well(house, language, scripts):
    fill_shelves()
    with chromium() as browser, page(browser, house, scripts=scripts, small=scripts) as shop:
        buy_a_blue_mug(shop, WORDS[language], language=language, scripts=scripts)


@pytest.mark.parametrize("house", ["together"], indirect=True)
def test_a_card_is_confirmed_at_the_bank_and_a_refused_one_is_told(house):
    fill_shelves()
    with chromium() as browser, page(browser, house, scripts=True, small=False) as shop:
        shop.goto("/products/mug")
        shop.get_by_role("button", name="Add to cart").click()
        expect(shop.locator("[data-cart-count]")).to_have_text("1")
        shop.goto("/checkout/")
        fill_in(shop)
        shop.locator("input[name=payment][value=test-refused]").check()
        shop.locator("button[name=buy]").click()
        expect(shop.locator(".complaint")).to_be_visible()
        shop.locator("input[name=payment][value=test-3ds]").check()
        shop.locator("button[name=buy]").click()
        shop.get_by_role("button", name="Yes, pay").click()
        shop.get_by_role("button", name=re.compile("Finish the order")).click()
        expect(shop.get_by_role("heading", level=1)).to_have_text("Your order is confirmed")


def buy_a_blue_mug(shop: Page, words: dict[str, str], *, language: str, scripts: bool) -> None:
    """Walk through the shop as somebody would who knows nothing of it."""
    find(shop, words)
    choose(shop, words, scripts=scripts)
    shop.locator("a.to-cart").click()
    expect(shop.locator(".line")).to_have_count(1)
    shop.get_by_role("link", name=words["checkout"], exact=True).click()
    shop.locator("button[name=buy]").click()
    expect(shop.get_by_text(words["email"])).to_be_visible()
    fill_in(shop)
    shop.locator("button[name=buy]").click()
    expect(shop.get_by_role("heading", level=1)).to_have_text(words["confirmed"])
    assert shop.locator("html").get_attribute("lang") == language


def find(shop: Page, words: dict[str, str]) -> None:
    """Go to the shelf, narrow it to blue things, and open what is left."""
    shop.goto(words["home"])
    wait_until_indexed(shop, words)
    facets = shop.locator(".facets")
    if not facets.get_by_text(words["blue"]).is_visible():
        facets.locator("summary").first.click()
    facets.get_by_text(words["blue"]).click()
    tile = shop.locator(".tile")
    expect(tile).to_have_count(1)
    tile.get_by_role("link").click()


def wait_until_indexed(shop: Page, words: dict[str, str]) -> None:
    """A worker puts new products in the index within moments."""
    for _ in range(40):
        shop.goto(words["home"].rstrip("/") + "/shelves/tableware/")
        if shop.locator(".tile").count() == 2:
            return
        time.sleep(0.25)
    raise AssertionError("the products were not indexed")


def choose(shop: Page, words: dict[str, str], *, scripts: bool) -> None:
    """Choose blue, read the price, and add it: without a reload where there are scripts."""
    shop.locator("label", has_text=words["blue"]).click()
    frame = shop.frame_locator("iframe.fragment").first
    price = shop.locator(".buy .price") if scripts else frame.locator(".price")
    expect(price).to_contain_text(words["price"])
    before = shop.url
    shop.get_by_role("button", name=words["add"]).click()
    if scripts:
        expect(shop.locator("[data-cart-count]")).to_have_text("1")
        expect(shop.locator("[data-toast]")).to_be_visible()
        assert shop.url == before


def fill_in(shop: Page) -> None:
    """Say who buys and where it goes."""
    shop.locator("#email").fill("ada@example.com")
    shop.locator("#name").fill("Ada Lovelace")
    shop.locator("#line1").fill("12 rue des Halles")
    shop.locator("#postal_code").fill("75001")
    shop.locator("#city").fill("Paris")
