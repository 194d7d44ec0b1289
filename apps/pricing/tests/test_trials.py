"""Promotions tried on a cart, and what decides between those that meet."""

from datetime import date, timedelta

import pytest

from apps.pricing.domain.conflicts import Contender, Verdict, between, meet
from apps.pricing.domain.period import ALWAYS, Period
from apps.pricing.interface import CartDraft, LineDraft, NoPrice
from apps.pricing.models import Promotion, TaxRate
from apps.pricing.service import trials
from apps.pricing.tests.offers import coupon, promote
from commerce import clock

pytestmark = pytest.mark.django_db
HALF = {"kind": "order-percent", "percent": "50"}
DEAR = {"kind": "items-total-at-least", "amount": "50"}
APP = {"kind": "in-channel", "channels": ["app"]}
WEB = {"kind": "in-channel", "channels": ["web"]}
ABROAD = {"kind": "goes-to", "countries": ["DE"]}


@pytest.fixture(autouse=True)
def shop(prices, both_ways):
    """Ask the neighbours plainly and through the wire."""


def try_out(promotion, at=None, **more):
    cart = CartDraft("EUR", (LineDraft("MUG", 2), LineDraft("TEE", 1)), **more)  # 50.80
    return trials.try_out(promotion, cart, at or clock.now())


def test_tries_a_draft_that_nobody_gets():
    draft = promote(is_live=False)
    trial = try_out(draft)
    assert (trial.without.subtotal, trial.beside.subtotal) == (5080, 4572)
    assert (trial.failing, trial.in_time) == ((), True)
    assert Promotion.objects.get().used == 0


def test_tries_a_live_one_without_itself():
    assert try_out(promote()).without.subtotal == 5080


def test_tries_it_beside_those_that_are_live_in_their_turn():
    first = promote("first", HALF)
    promote("other")
    trial = try_out(first)
    assert next(each.rule for each in trial.beside.entries if each.amount < 0) == "first"
    assert (trial.without.subtotal, trial.beside.subtotal) == (4572, 2286)


def test_says_which_conditions_do_not_hold():
    promote("alone", HALF, exclusive=True)
    sale = promote("sale", conditions=[DEAR, ABROAD], is_live=False, currency="EUR")
    assert try_out(sale).failing == (1,)
    assert try_out(sale, country="DE").failing == ()
    assert try_out(sale, country="DE").beside.subtotal == 2540


def test_tries_it_at_another_moment():
    soon = clock.now() + timedelta(days=1)
    sale = promote(since=soon)
    assert (try_out(sale).in_time, try_out(sale).beside.subtotal) == (False, 5080)
    later = try_out(sale, soon + timedelta(hours=1))
    assert (later.in_time, later.beside.subtotal) == (True, 4572)


def test_taxes_by_the_rate_of_the_moment():
    soon = clock.now() + timedelta(days=5)
    TaxRate.objects.filter(country="FR", tax_class="standard").delete()
    TaxRate.objects.create(country="FR", percent=20, since=date(2014, 1, 1))
    TaxRate.objects.create(country="FR", percent=25, since=(soon - timedelta(days=1)).date())
    sale = promote()
    assert {str(line.taxed.percent) for line in try_out(sale).beside.lines} == {"20.00"}
    assert {str(line.taxed.percent) for line in try_out(sale, soon).beside.lines} == {"25.00"}


def test_tries_a_coupon_without_one():
    sale = promote(by_coupon=True, is_live=False)
    coupon("OTHER", by=promote("other", HALF, by_coupon=True))
    trial = try_out(sale, coupons=("OTHER",))
    assert (trial.without.subtotal, trial.beside.subtotal) == (5080, 4572)


def test_says_what_has_no_price():
    cart = CartDraft("EUR", (LineDraft("HAT", 1),))
    with pytest.raises(NoPrice) as refusal:
        trials.try_out(promote(), cart, clock.now())
    assert refusal.value.skus == ("HAT",)


def test_finds_the_live_promotions_that_it_meets():
    now = clock.now()
    sale = promote("sale", is_live=False, until=now + timedelta(days=2))
    promote("draft", is_live=False)
    promote("past", until=now - timedelta(days=1))
    promote("later", since=now + timedelta(days=3))
    promote("first", priority=5)
    promote("dollars", currency="USD")
    found = trials.company(sale, now)
    told = {each.other.key: each.verdict for each in found.meetings}
    assert told == {"first": Verdict.OTHER_FIRST, "dollars": Verdict.MINE_FIRST}
    assert found.shadow is None


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        (
            APP,
            WEB,
            False,
        ),
        (
            APP,
            {"kind": "in-channel", "channels": ["web", "app"]},
            True,
        ),
        ({"kind": "goes-to", "countries": ["DE"]}, {"kind": "goes-to", "countries": ["FR"]}, False),
        ({"kind": "nth-order", "number": 1}, {"kind": "nth-order", "number": 2}, False),
        ({"kind": "nth-order", "number": 1}, {"kind": "orders-at-least", "orders": 1}, False),
        ({"kind": "orders-at-least", "orders": 1}, {"kind": "nth-order", "number": 2}, True),
        ({"kind": "in-group", "groups": ["a"]}, {"kind": "in-group", "groups": ["b"]}, True),
    ],
)
def test_what_no_cart_can_fulfil_at_once_never_meets(one, other, meets):
    promote("other", conditions=[other])
    found = trials.company(promote("sale", conditions=[one]), clock.now())
    assert bool(found.meetings) is meets


def test_a_gift_tried_fulfils_no_condition():
    gift = {"kind": "gift", "sku": "TEE"}
    two = {"kind": "quantity-at-least", "units": 3}
    tried = try_out(promote("present", gift, conditions=[two]))
    assert (tried.failing, tried.beside.offers) == ((0,), ())


@pytest.mark.parametrize(
    ("more", "shadow"),
    [
        ({"stops": True, "priority": 5}, True),
        ({"exclusive": True}, True),
        ({"stops": True}, False),
        ({"stops": True, "priority": 5, "use_limit": 100}, False),
        ({"exclusive": True, "conditions": [ABROAD]}, False),
        ({"exclusive": True, "currency": "EUR"}, False),
    ],
)
def test_finds_what_always_leaves_it_nothing(more, shadow):
    sale = promote("sale")
    promote("other", **more)
    found = trials.company(sale, clock.now()).shadow
    assert (found is not None) is shadow
    trial = try_out(sale)
    assert trial.beside == trial.without or not shadow


def test_what_counts_in_the_same_currency_can_leave_it_nothing():
    promote("other", exclusive=True, currency="EUR")
    assert trials.company(promote("sale", currency="EUR"), clock.now()).shadow.key == "other"


def contender(key, place, **more):
    plain = {"priority": 0, "exclusive": False, "stops": False, "by_coupon": False}
    return Contender(
        **{"key": key, "place": place, "period": ALWAYS, "unconditional": True} | plain | more
    )


@pytest.mark.parametrize(
    ("mine", "other", "verdict"),
    [
        ({}, {}, Verdict.MINE_FIRST),
        ({}, {"priority": 1}, Verdict.OTHER_FIRST),
        ({"stops": True}, {}, Verdict.MINE_STOPS),
        ({}, {"stops": True}, Verdict.MINE_FIRST),
        ({"exclusive": True}, {"priority": 1}, Verdict.MINE_ALONE),
        ({"exclusive": True}, {"exclusive": True, "priority": 1}, Verdict.OTHER_ALONE),
        ({"by_coupon": True}, {"by_coupon": True}, Verdict.ONE_COUPON),
    ],
)
def test_decides_between_two(mine, other, verdict):
    assert between(contender("mine", 1, **mine), contender("other", 2, **other)) is verdict


def test_periods_meet_in_a_moment():
    now = clock.now()
    before, after = Period(until=now), Period(since=now)
    assert not meet(before, after)
    assert meet(before, ALWAYS)
    assert meet(after, Period(until=now + timedelta(seconds=1)))
