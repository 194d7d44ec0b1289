"""Gift cards and store credit: nobody spends more than is on them, and nobody makes their own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from apps.pricing.interface import (
    CartDraft,
    ClaimUndone,
    CouponRefused,
    Debit,
    GiftCardRefused,
    LineDraft,
    UnknownGiftCard,
    pricing,
)
from apps.pricing.models import GiftCard, GiftCardUse
from apps.pricing.service import giftcards
from apps.pricing.tests.offers import coupon
from commerce import clock, ids
from commerce.money import Money

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("both_ways")]
ALICE, BOB = ids.new(), ids.new()
FIRST, SECOND = ids.new(), ids.new()


def euros(amount):
    return Money.of(amount, "EUR")


def issue(amount="50.00", **more):
    return giftcards.issue(euros(amount), **more)


def claim(card, amount, *, order=FIRST, coupons=()):
    debit = Debit(card.pk, amount if isinstance(amount, Money) else euros(amount))
    pricing.claim(order=order, coupons=coupons, cards=(debit,))


def left(card):
    return GiftCard.objects.get(pk=card.pk).balance_minor


def draft(*cards, **more):
    lines = (LineDraft("MUG", 2),)
    return CartDraft("EUR", lines, gift_cards=tuple(card.pk for card in cards), **more)


def test_whoever_knows_the_code_finds_the_card():
    card, code = issue()
    assert len(code) == 19
    for written in (code, code.lower(), code.replace("-", " "), f" {code} "):
        found = pricing.gift_card(code=written)
        assert (found.id, found.hint, found.balance) == (card.pk, code[-4:], euros("50.00"))


def test_marks_that_look_alike_are_the_same():
    assert giftcards.digest("o0IL1-aa") == giftcards.digest("00111AA")


def test_the_code_is_kept_nowhere():
    card, code = issue()
    kept = GiftCard.objects.filter(pk=card.pk).values().get()
    assert code.replace("-", "") not in str(kept)
    assert code not in str(kept)


def test_one_answer_for_all_that_cannot_be_spent():
    codes = ["", "NOSUCH", "\x00", "\ud800", "é" * 100]
    for more in ({"is_live": False}, {"until": clock.now() - timedelta(days=1)}):
        card, code = issue()
        GiftCard.objects.filter(pk=card.pk).update(**more)
        codes.append(code)
    for code in codes:
        with pytest.raises(UnknownGiftCard):
            giftcards.find(code)


@pytest.mark.parametrize("amount", ["0.00", "-5.00"])
def test_nobody_issues_nothing_or_less(amount):
    with pytest.raises(ValueError, match="no amount"):
        issue(amount)
    with pytest.raises(IntegrityError), transaction.atomic():
        GiftCard.objects.create(
            digest="x", currency="EUR", issued_minor=0, balance_minor=0, hint="AAAA"
        )


@pytest.mark.usefixtures("prices")
def test_cards_pay_in_their_order_and_the_rest_is_due():
    small, large = issue("10.00")[0], issue("50.00")[0]
    quote = pricing.quote(cart=draft(large, small))
    assert [(c.hint, c.amount, c.balance) for c in quote.cards] == [
        (large.hint, euros("25.80"), euros("50.00")),
        (small.hint, euros("0.00"), euros("10.00")),
    ]
    assert (quote.grand, quote.due) == (euros("25.80"), euros("0.00"))
    quote = pricing.quote(cart=draft(small, large))
    assert [card.amount for card in quote.cards] == [euros("10.00"), euros("15.80")]
    quote = pricing.quote(cart=draft(small))
    assert (quote.grand, quote.due) == (euros("25.80"), euros("15.80"))


@pytest.mark.usefixtures("prices")
def test_what_cannot_be_spent_pays_nothing():
    other, _ = giftcards.issue(Money.of("50.00", "USD"))
    old, stopped = issue(until=clock.now() - timedelta(seconds=1))[0], issue()[0]
    GiftCard.objects.filter(pk=stopped.pk).update(is_live=False)
    quote = pricing.quote(cart=draft(other, old, stopped))
    assert [card.amount.minor for card in quote.cards] == [0, 0, 0]
    assert quote.due == quote.grand


@pytest.mark.usefixtures("prices")
def test_store_credit_pays_for_its_customer_alone():
    credit, code = issue("20.00", customer=ALICE)
    assert code == ""
    assert pricing.quote(cart=draft(customer=ALICE)).due == euros("5.80")
    assert pricing.quote(cart=draft(customer=BOB)).cards == ()
    assert pricing.quote(cart=draft(credit)).cards == ()


@pytest.mark.usefixtures("prices")
def test_carts_without_cards_ask_for_none():
    statements = []

    def note(execute, sql, *how):
        statements.append(str(sql))
        return execute(sql, *how)

    with connection.execute_wrapper(note):
        pricing.quote(cart=draft())
    assert statements
    assert not [sql for sql in statements if "giftcard" in sql]


def test_an_order_takes_an_amount_once_and_gives_it_back_once():
    card, _ = issue()
    for _again in range(2):
        claim(card, "20.00")
        assert left(card) == 3000
    for _again in range(2):
        pricing.unclaim(order=FIRST)
        assert (left(card), GiftCardUse.objects.count()) == (5000, 0)
    with pytest.raises(ClaimUndone):
        claim(card, "20.00")


@pytest.mark.parametrize("amount", ["50.01", "0.00", "-1.00", "-50.00"])
def test_takes_no_more_than_there_is_and_never_less_than_nothing(amount):
    card, _ = issue()
    with pytest.raises(GiftCardRefused) as refused:
        claim(card, amount)
    assert (refused.value.card, left(card)) == (card.pk, 5000)


def test_some_goes_back_once_for_each_key_and_the_rest_with_the_order():
    card, _ = issue()
    claim(card, "30.00")
    some = (Debit(card.pk, euros("10.00")),)
    for _ in range(2):
        pricing.restore(order=FIRST, key="ref_1", cards=some)
    assert left(card) == 3000
    with pytest.raises(GiftCardRefused):
        pricing.restore(order=FIRST, key="ref_2", cards=(Debit(card.pk, euros("20.01")),))
    with pytest.raises(GiftCardRefused):
        pricing.restore(order=SECOND, key="ref_1", cards=some)
    pricing.restore(order=FIRST, key="ref_2", cards=some)
    assert left(card) == 4000
    pricing.unclaim(order=FIRST)
    assert left(card) == 5000


def test_takes_nothing_in_other_money_or_from_a_card_that_was_stopped():
    card, _ = issue()
    with pytest.raises(GiftCardRefused):
        claim(card, Money.of("1.00", "USD"))
    for more in ({"is_live": False}, {"is_live": True, "until": clock.now() - timedelta(days=1)}):
        GiftCard.objects.filter(pk=card.pk).update(**more)
        with pytest.raises(GiftCardRefused):
            claim(card, "1.00")


def test_an_order_gets_its_coupon_and_its_card_or_neither():
    spring, (card, _) = coupon(use_limit=1), issue("10.00")
    with pytest.raises(GiftCardRefused):
        claim(card, "20.00", coupons=("SPRING",))
    spring.refresh_from_db()
    assert spring.used == 0
    claim(card, "5.00", coupons=("SPRING",))
    with pytest.raises(CouponRefused):
        claim(card, "5.00", order=SECOND, coupons=("SPRING",))
    assert left(card) == 500


def test_the_database_refuses_a_balance_below_nothing_or_above_what_was_issued():
    card, _ = issue()
    for minor in (-1, 5001):
        with pytest.raises(IntegrityError), transaction.atomic():
            GiftCard.objects.filter(pk=card.pk).update(balance_minor=minor)


@pytest.mark.django_db(transaction=True)
def test_many_orders_at_once_take_no_more_than_was_issued():
    card, _ = issue("50.00")
    other, _ = issue("50.00")
    pairs = ((card, other), (other, card))

    def order(number):
        debits = tuple(Debit(each.pk, euros("7.00")) for each in pairs[number % 2])
        try:
            pricing.claim(order=ids.new(), coupons=(), cards=debits)
        except GiftCardRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(16) as threads:
        taken = sum(threads.map(order, range(64)))
    assert (taken, left(card), left(other)) == (7, 100, 100)
    assert sum(GiftCardUse.objects.values_list("minor", flat=True)) == 9800
