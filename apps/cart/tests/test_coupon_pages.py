"""Coupons on the cart's page, as a browser without scripts enters them."""

import pytest

from apps.cart.tests.coupons import coupon, promote
from commerce.redis import client as redis

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def alice(client):
    """A browser with two mugs in its cart."""
    client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    client.post("/cart/add", {"sku": "MUG", "quantity": "2"})
    return client


def enter(browser, code="SPRING"):
    return browser.post("/cart/coupons", {"code": code})


def test_the_discount_is_a_line_with_its_name(alice):
    promote("everybody", name="Welcome <all>")
    coupon(by=promote("spring", by_coupon=True, name="Spring sale"))
    answer = enter(alice, " spring")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/cart/")
    page = alice.get("/cart/").text
    for words in ("Spring sale", "Welcome &lt;all&gt;", "−€2.40", "This coupon counts.", "€24.00"):
        assert words in page
    assert "−€2.16" in page
    assert "€19.44" in page


def test_a_refusal_is_told_beside_the_field(alice):
    answer = enter(alice, '"><b>NO')
    assert answer.status_code == 422
    assert "There is no such coupon, or it is not valid now." in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'value="&quot;&gt;&lt;B&gt;NO"' in answer.text
    assert "aria-invalid" not in alice.get("/cart/").text


@pytest.mark.parametrize("code", ["\x00", "\ud800".encode("utf-8", "surrogatepass"), "é" * 300])
def test_no_code_breaks_the_page(alice, code):
    assert enter(alice, code).status_code == 422


def test_nothing_typed_changes_nothing(alice):
    assert enter(alice, "  ").status_code == 302


def test_it_is_taken_out_by_a_button(alice):
    coupon()
    enter(alice)
    alice.post("/cart/coupons/remove", {"code": "SPRING"})
    page = alice.get("/cart/").text
    assert "SPRING" not in page
    assert "−" not in page


def test_it_says_which_coupon_took_its_place(alice):
    for code in ("TEN", "FIVE"):
        coupon(code)
        enter(alice, code)
    assert alice.get("/cart/").text.count("Another coupon took its place.") == 1


def test_other_sites_enter_nothing(alice):
    coupon()
    alice.defaults["HTTP_SEC_FETCH_SITE"] = "cross-site"
    assert enter(alice).status_code == 403
    assert alice.post("/cart/coupons/remove", {"code": "SPRING"}).status_code == 403


def test_a_browser_without_a_cart_is_led_to_it(client):
    client.defaults["HTTP_SEC_FETCH_SITE"] = "same-origin"
    assert enter(client).status_code == 302


def test_too_many_wrong_codes_are_told_in_minutes(alice, settings):
    settings.LIMITS = True
    redis("throttles").flushdb()
    answers = [enter(alice, f"GUESS{number}").status_code for number in range(11)]
    assert answers == [422] * 10 + [429]
    assert "Too many wrong codes. Please try again in 2 minutes." in enter(alice, "GUESS").text
