"""A merchant signs in, looks at today, and changes what shoppers see."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import expect

from apps.catalog.interface import Kind, ProductDraft, Variant, catalog
from apps.cms.interface import PageDraft, cms
from apps.pricing.interface import Price, pricing
from apps.stock.interface import Line, stock
from commerce.money import Money
from commerce.testing import deliver_all

from .partner import Partner
from .shopper import chromium, needs_chromium, page

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a good long password"


@pytest.fixture
def merchant(client):
    get_user_model().objects.create_superuser("olive", password=PASSWORD)
    answer = client.post(
        "/admin/login/?next=/admin/", {"username": "olive", "password": PASSWORD, "next": "/admin/"}
    )
    assert answer.status_code == 302
    return client


@pytest.fixture(autouse=True)
def _mug():
    catalog.save(drafts=(mug("MUG"),))
    pricing.set_prices(prices=(Price("MUG", Money.of("10.00", "EUR")),))
    stock.count(lines=(Line("MUG", 3),), reference="opening")
    deliver_all()


def mug(key):
    return ProductDraft(
        key=key,
        kind=Kind.VIRTUAL,
        name={"en": "Mug", "fr": "Tasse"},
        slug=key.lower(),
        variants=(Variant(key),),
    )


def change(client, address, **changed):
    """Send a form of the admin back with some fields changed."""
    shown = client.get(address).context["adminform"].form
    fields = {name: shown[name].value() for name in shown.fields if shown[name].value() is not None}
    for name, row in list(fields.items()):
        if isinstance(row, list):
            fields |= cells(name, fields.pop(name))
        elif isinstance(row, bool):
            fields[name] = "on" if row else ""
    return client.post(address, fields | changed)


def cells(name, rows):
    """Write rows of a form's table as a browser sends them."""
    return {
        f"{name}-{number}-{column}": text
        for number, row in enumerate(rows)
        for column, text in row.items()
    }


def product_page(client):
    listed = client.get("/admin/catalog/product/", {"q": "mug"}).text
    [address] = set(re.findall(r"/admin/catalog/product/[0-9a-f-]+/change/", listed))
    return address


def test_changed_product_is_changed_in_the_shop(merchant, client):
    answer = change(merchant, product_page(merchant), name_en="Large mug", name_fr="Grande tasse")
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    deliver_all()
    assert "Large mug" in client.get("/products/mug").text
    assert "Grande tasse" in client.get("/fr/products/mug").text
    assert "Large mug" in client.get("/search/?q=large").text


def test_product_taken_offline_is_gone(merchant, client):
    assert change(merchant, product_page(merchant), online="").status_code == 302
    deliver_all()
    assert client.get("/products/mug").status_code in {404, 410}


def test_delivery_received_can_be_sold(merchant):
    before = stock.available(skus=("MUG",))["MUG"].free
    form = merchant.get("/admin/stock/level/receive/").context["form"]
    told = {
        "sku": "MUG",
        "location": form["location"].value(),
        "quantity": 4,
        "reason": "Delivery 12",
        "reference": form["reference"].value(),
    }
    assert merchant.post("/admin/stock/level/receive/", told).status_code == 302
    assert stock.available(skus=("MUG",))["MUG"].free == before + 4
    assert "Delivery 12" in merchant.get("/admin/stock/movement/").text


def test_words_published_are_on_the_shops_page_after_one_sign_in(merchant, client):
    title = {"en": "About us", "fr": "Qui sommes-nous"}
    home = {"en": "Welcome", "fr": "Bienvenue"}
    cms.publish(pages=(PageDraft("home", home), PageDraft("about", title)))
    words = {"title": "Who we are", "slug": "about", "intro": "Two potters.", "picture": ""}
    words |= {"body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}
    editor = f"/cms-admin/pages/{page_id(merchant, 'About us')}/edit/"
    assert "Qui sommes-nous" not in merchant.get(editor).text
    assert merchant.post(editor, words).status_code == 302
    assert "Two potters." not in client.get("/about/").text
    assert merchant.post(editor, words | {"action-publish": "1"}).status_code == 302
    assert "Two potters." in client.get("/about/").text
    assert "Qui sommes-nous" in client.get("/fr/about/").text


def page_id(merchant, title):
    """Find a page as editors do."""
    found = merchant.get("/cms-admin/pages/search/", {"q": title}).text
    return re.search(r"/cms-admin/pages/(\d+)/edit/", found)[1]


LISTS = ["", "catalog/product/", "stock/level/", "stock/movement/", "pricing/price/"]


@pytest.mark.parametrize("page", LISTS)
def test_page_asks_as_much_for_many_rows_as_for_few(merchant, page):
    few = questions(merchant, f"/admin/{page}")
    sell_more(range(20))
    assert questions(merchant, f"/admin/{page}") <= few


def questions(merchant, address):
    """Count what a page asks the database."""
    with CaptureQueriesContext(connection) as asked:
        assert merchant.get(address).status_code == 200
    return len(asked)


def sell_more(numbers):
    drafts = tuple(mug(f"MUG-{number}") for number in numbers)
    catalog.save(drafts=drafts)
    pricing.set_prices(prices=tuple(Price(d.key, Money.of("10.00", "EUR")) for d in drafts))
    stock.count(lines=tuple(Line(draft.key, 0) for draft in drafts), reference="more")


@needs_chromium
def test_merchant_opens_an_order_in_a_browser(live_server):
    get_user_model().objects.create_superuser("olive", password=PASSWORD)
    partner = Partner(live_server.url)
    partner.begin()
    assert partner.add("MUG", 1).status == 201
    number = partner.order(partner.pay()).body["number"]
    with chromium() as browser, page(browser, live_server.url, scripts=True, small=False) as shown:
        shown.goto("/admin/")
        shown.get_by_label("Username").fill("olive")
        shown.get_by_label("Password").fill(PASSWORD)
        shown.get_by_role("button", name="Log in").click()
        expect(shown.get_by_text("Orders today")).to_be_visible()
        shown.get_by_role("link", name=number).click()
        expect(shown.get_by_text("The whole story")).to_be_visible()
        expect(shown.get_by_text("€10.00").first).to_be_visible()
