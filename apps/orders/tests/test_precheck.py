"""Everything that is wrong is told at once, and nothing is changed by looking."""

from collections import Counter
from dataclasses import replace

import pytest
from django.utils import translation

from apps.cart.interface import GoneLine, State, UnknownCart
from apps.customers.interface import Address
from apps.payments.interface import Session, Status
from commerce import ids

from .. import service
from .conftest import euros, fill
from .fakes import cart_line, quote

pytestmark = pytest.mark.usefixtures("shop", "both_ways")


def reasons(wish):
    return [reason.code for reason in service.precheck(wish=wish).reasons]


def test_finds_nothing_wrong_with_a_good_cart(wish):
    assert reasons(wish) == []
    assert reasons(replace(wish, payment_session=None)) == []


def test_tells_everything_at_once(shop):
    line = cart_line("MUG", 3)
    wish = fill(shop, lines=(line,), email="", address=None, shipping=None)
    shop.held.clear()
    shop.shelf["MUG"] = 1
    shop.sessions[wish.payment_session] = replace(
        shop.sessions[wish.payment_session], status=Status.REFUSED, reason="No money."
    )
    wrong = replace(wish, cart_version=4, expected_total=euros("1.00"))
    assert reasons(wrong) == [
        "cart-changed",
        "price-changed",
        "hold-expired",
        "email-missing",
        "address-missing",
        "shipping-missing",
        "payment-refused",
    ]


def test_tells_the_new_total(wish):
    with translation.override("en"):
        found = service.precheck(wish=replace(wish, expected_total=euros("24.89"))).reasons
    assert found[0].meta["total"] == {"amount": "24.90", "currency": "EUR"}
    assert "24.90" in found[0].text


def test_same_amount_of_other_money_is_another_total(wish):
    dollars = replace(wish.expected_total, currency="USD")
    assert reasons(replace(wish, expected_total=dollars)) == ["price-changed"]


def test_empty_cart_is_no_order(shop):
    wish = fill(shop)
    empty = replace(shop.carts[wish.cart], lines=(), quote=quote(()))
    shop.carts[wish.cart] = empty
    assert reasons(replace(wish, expected_total=euros("0"), payment_session=None)) == ["empty-cart"]


def test_lapsed_goods_that_can_be_taken_again_are_fine(shop, wish):
    shop.held.clear()
    shop.shelf["MUG"] = 2
    assert reasons(wish) == []


def test_gone_goods_are_named_with_what_is_left(shop, wish):
    shop.held[wish.cart] = Counter()
    shop.shelf["MUG"] = 1
    (reason,) = service.precheck(wish=wish).reasons
    assert reason.meta == {"sku": "MUG", "quantity": 2, "available": 1}
    assert reason.text == "A mug: only 1 left."


def test_parts_of_a_bundle_are_counted_together(shop):
    lines = (cart_line("SET", 2, parts=("MUG", "MUG", "TRAY")), cart_line("MUG", 1))
    wish = fill(shop, lines=lines)
    shop.held[wish.cart] = Counter({"MUG": 4, "TRAY": 2})
    assert reasons(wish) == ["hold-expired"]
    shop.shelf["MUG"] = 1
    assert reasons(wish) == []


def test_names_what_is_sold_no_more(shop):
    gone = GoneLine(ids.new(), "TRAY", 1, {"en": "A tray", "fr": "Un plateau"})
    (reason,) = service.precheck(wish=fill(shop, gone=(gone,))).reasons
    assert (reason.code, reason.where) == ("no-longer-sold", "items")
    assert reason.text == "A tray is not sold any more. Please take it out of your cart."
    assert reason.meta == {"sku": "TRAY", "item": ids.public("item", gone.id)}


@pytest.mark.parametrize("email", ["", "ada@example.com"])
def test_downloads_need_no_address(shop, email):
    lines = (cart_line("EBOOK", 1, ships=False),)
    assert reasons(fill(shop, lines=lines, email=email, address=None, shipping=None)) == []


def test_bad_details_are_explained_field_by_field(shop):
    nowhere = Address(name="Ada", line1="1 Way", city="", country="GB")
    found = service.precheck(wish=fill(shop, email="ada", address=nowhere)).reasons
    assert [(reason.code, reason.where) for reason in found] == [
        ("email-invalid", "email"),
        ("address-incomplete", "shipping_address.city"),
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": Status.ACTION_REQUIRED, "action_url": "/bank"}, "payment-unfinished"),
        ({"status": Status.PENDING}, "payment-unfinished"),
        ({"status": Status.REFUSED}, "payment-refused"),
        ({"status": Status.VOIDED}, "payment-refused"),
        ({"amount": euros("1.00")}, "payment-amount-differs"),
        ({"cart": ids.new()}, "payment-unknown"),
    ],
)
def test_payment_must_be_finished_and_fit(shop, wish, changes, code):
    session: Session = shop.sessions[wish.payment_session]
    shop.sessions[session.id] = replace(session, **changes)
    assert reasons(wish) == [code]


def test_unknown_payment_is_a_reason(wish):
    assert reasons(replace(wish, payment_session=ids.new())) == ["payment-unknown"]


def test_ordered_cart_is_a_reason(shop):
    order = ids.new()
    wish = fill(shop, state=State.ORDERED, order=order)
    (reason,) = service.precheck(wish=wish).reasons
    assert (reason.code, reason.meta) == ("already-ordered", {"order": ids.public("ord", order)})


def test_unknown_cart_is_refused(wish):
    with pytest.raises(UnknownCart):
        service.precheck(wish=replace(wish, cart=ids.new()))


def test_speaks_the_readers_language(shop, wish):
    shop.carts[wish.cart] = replace(shop.carts[wish.cart], locale="fr")
    shop.held.clear()
    with translation.override("fr"):
        found = service.precheck(wish=replace(wish, expected_total=euros("1"))).reasons
    assert "24,90\xa0€" in found[0].text
    assert "Un mug" in found[1].text
