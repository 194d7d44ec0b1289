"""Promotions at work: what they take off which units."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from apps.pricing.domain.cart import Customer
from apps.pricing.domain.conditions import (
    AnyOf,
    Applied,
    CategoryTotalAtLeast,
    ContainsProduct,
    During,
    GoesTo,
    InChannel,
    InGroup,
    IsCustomer,
    ItemsTotalAtLeast,
    Not,
    NthOrder,
    OrdersAtLeast,
    QuantityAtLeast,
    SentBy,
    SpentAtLeast,
    WeightAtLeast,
)
from apps.pricing.domain.coupons import Coupon, Refusal, Uses
from apps.pricing.domain.effects import NewPrice, OrderFixed, OrderPercent, UnitFixed, UnitPercent
from apps.pricing.domain.explanation import Kind
from apps.pricing.domain.goods import Only, RefersToItself
from apps.pricing.domain.offers import Bundle, BuyGet, Gift, Part
from apps.pricing.domain.period import Period
from apps.pricing.domain.policy import Basis, Policy
from apps.pricing.domain.promotions import Promotion
from apps.pricing.domain.shipping import ShippingMethod, ShippingOff
from apps.pricing.domain.snapshot import UnknownRule
from apps.pricing.domain.spreading import spread
from apps.pricing.tests.stall import (
    CLOTHES,
    FRANCE,
    GOODS,
    MUGS,
    NOW,
    cart,
    off,
    offering,
    priced,
    shop,
    vat,
)

HALF = Decimal(50)


def test_spreads_an_amount_in_proportion():
    assert off(offering(OrderFixed(100)), MUG=1, TEE=1) == {"MUG": 34, "TEE": 66}


def test_gives_odd_cents_to_the_first_units():
    (line,) = priced(offering(OrderFixed(100)), MUG=3).lines
    assert line.runs == ((1, 34), (2, 33))


def test_takes_no_more_than_the_goods_cost():
    quote = priced(offering(OrderFixed(99_999)), MUG=1)
    assert (quote.discount, quote.grand) == (1290, 0)


def test_a_new_price_lowers_and_never_raises():
    assert off(offering(NewPrice(1000)), MUG=2, CAP=1) == {"MUG": 580}


def test_buys_two_and_gets_the_cheapest_of_three():
    assert off(offering(BuyGet(2)), MUG=2, TEE=1) == {"MUG": 1290}


def test_gives_free_units_as_often_as_is_paid_for():
    assert off(offering(BuyGet(2)), MUG=7) == {"MUG": 2 * 1290}
    assert off(offering(BuyGet(2, times=1)), MUG=7) == {"MUG": 1290}


def test_who_buys_one_good_gets_another_for_half():
    offer = BuyGet(2, percent=HALF, only=MUGS, get_only=CLOTHES)
    assert off(offering(offer), MUG=2, TEE=1, CAP=1) == {"CAP": 500}
    assert off(offering(offer), MUG=1, CAP=1) == {}


def test_prices_different_goods_as_a_bundle():
    bundle = Bundle((Part(MUGS, 2), Part(CLOTHES)), price=4000)
    quote = priced(offering(bundle), MUG=2, TEE=1)
    assert quote.subtotal == 4000
    assert off(offering(bundle), MUG=1, TEE=1) == {}


def test_a_unit_is_in_one_bundle_only():
    bundle = Bundle((Part(CLOTHES), Part(CLOTHES)), percent=HALF)
    assert off(offering(bundle), TEE=1) == {}
    assert off(offering(bundle), TEE=1, CAP=2) == {"TEE": 1250, "CAP": 500}


def test_a_gift_in_the_cart_costs_nothing():
    quote = priced(offering(Gift("CAP")), MUG=1, CAP=2)
    assert [(line.sku, line.gifts, line.total) for line in quote.lines] == [
        ("MUG", 0, 1290),
        ("CAP", 1, 999),
    ]
    assert quote.offers == ()
    assert [e.sentence(quote.currency) for e in quote.entries if e.kind is Kind.GIFT] == [
        "sale gives CAP as a gift: 9.99 EUR less."
    ]


def test_a_gift_that_is_not_in_the_cart_is_offered():
    quote = priced(offering(Gift("CAP", 2)), MUG=1, CAP=1)
    assert [(each.sku, each.units) for each in quote.offers] == [("CAP", 1)]
    assert quote.grand == 1290


def test_a_gift_fulfils_no_condition_of_its_own_promotion():
    shops = {
        "total": (ItemsTotalAtLeast(2000),),
        "units": (QuantityAtLeast(2),),
        "itself": (ContainsProduct(frozenset({"CAP"})),),
    }
    for conditions in shops.values():
        given = Promotion("rule", conditions=conditions, effects=(Gift("CAP"),))
        assert priced(shop(promotions=(given,)), MUG=1, CAP=1).grand == 2289
    assert priced(shop(promotions=(given,)), MUG=1, CAP=2).grand == 2289


def test_two_gifts_of_one_good_are_two_units():
    assert off(offering(Gift("CAP"), Gift("CAP")), MUG=1, CAP=3) == {"CAP": 1998}


def test_a_gift_follows_a_unit_that_is_free_already():
    effects = (BuyGet(1, only=CLOTHES), Gift("CAP"))
    assert off(offering(*effects), MUG=1, CAP=3) == {"CAP": 1998}


def test_a_gift_is_given_whole_or_not_at_all():
    poor = Promotion("rule", effects=(Gift("CAP", 2),), budget=1997)
    assert priced(shop(promotions=(poor,)), CAP=2, MUG=1).discount == 0
    spent = replace(poor, budget=0)
    assert priced(shop(promotions=(spent,)), MUG=1).offers == ()


def test_an_exclusive_promotion_works_alone():
    sale = Promotion("sale", effects=(OrderFixed(100),), priority=9)
    alone = Promotion("alone", effects=(OrderFixed(300),), exclusive=True)
    assert priced(shop(promotions=(sale, alone)), MUG=1).discount == 300


def test_an_exclusive_promotion_never_joins_others():
    first = Promotion("first", effects=(OrderFixed(100),), priority=9)
    conditions = (Applied("first"),)
    late = Promotion("late", "", conditions, (OrderFixed(300),), exclusive=True)
    assert priced(shop(promotions=(first, late)), MUG=1).discount == 100


def test_nothing_works_after_one_that_stops():
    first = Promotion("first", effects=(OrderFixed(100),), priority=9, stop=True)
    later = Promotion("later", effects=(OrderFixed(300),))
    assert priced(shop(promotions=(later, first)), MUG=1).discount == 100


def test_gives_no_more_than_its_budget():
    for effect in (OrderFixed(500), UnitFixed(500), UnitPercent(HALF), NewPrice(1), Gift("CAP")):
        quote = priced(offering(effect, budget=120), MUG=2, TEE=1)
        assert 0 <= quote.discount <= 120
    assert priced(offering(UnitFixed(500), budget=120), MUG=2).discount == 120
    free = offering(ShippingOff(percent=Decimal(100)), budget=120)
    sent = priced(replace(free, methods=(ShippingMethod("post", fee=490),)), MUG=1)
    assert sent.shipping == 370


def test_ends_with_its_uses():
    assert off(offering(OrderFixed(100), uses_left=0), MUG=1) == {}
    assert off(offering(OrderFixed(100), uses_left_for_customer=1), MUG=1) == {"MUG": 100}


def test_asks_the_cart_as_earlier_promotions_left_it():
    first = Promotion("first", effects=(OrderFixed(300),), priority=1)
    later = Promotion("later", conditions=(ItemsTotalAtLeast(1000),), effects=(OrderFixed(100),))
    assert priced(shop(promotions=(first, later)), MUG=1).discount == 300


def test_conditions_can_be_combined():
    either = AnyOf((InGroup(frozenset({"staff"})), ItemsTotalAtLeast(5000)))
    conditions = (either, Not(Applied("later")))
    sale = Promotion("sale", conditions=conditions, effects=(OrderFixed(100),))
    snapshot = shop(promotions=(sale, Promotion("later", priority=-1)))
    staff = Customer(groups=frozenset({"staff"}))
    assert off(snapshot, MUG=1) == {}
    assert off(snapshot, MUG=1, customer=staff) == {"MUG": 100}
    assert off(snapshot, MUG=4) == {"MUG": 100}


@pytest.mark.parametrize("condition", [NthOrder(3), OrdersAtLeast(2)])
def test_cancelled_orders_do_not_count(condition):
    snapshot = offering(OrderFixed(100), conditions=(condition,))
    assert off(snapshot, MUG=1, customer=Customer(orders=3, orders_cancelled=1)) == {"MUG": 100}
    assert off(snapshot, MUG=1, customer=Customer(orders=1)) == {}
    assert off(snapshot, MUG=1) == {}


@pytest.mark.parametrize("condition", [NthOrder(3), OrdersAtLeast(2), SpentAtLeast(100)])
def test_nobody_is_judged_by_a_past_that_is_not_known(condition):
    stranger = Customer("alice", orders=2, spent=100, past_known=False)
    assert off(offering(OrderFixed(100), conditions=(condition,)), MUG=1, customer=stranger) == {}
    opposite = offering(OrderFixed(100), conditions=(AnyOf((Not(condition),)),))
    assert off(opposite, MUG=1, customer=stranger) == {}
    assert off(opposite, MUG=1) == {}
    assert off(opposite, MUG=1, customer=Customer("bob")) == {"MUG": 100}


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (SpentAtLeast(500), {"customer": Customer("alice", spent=500)}),
        (ContainsProduct(frozenset({"mug"}), units=2), {"MUG": 2}),
        (CategoryTotalAtLeast("kitchen", 2580), {"MUG": 2}),
        (WeightAtLeast(Decimal("0.5")), {"TEE": 2}),
        (IsCustomer(frozenset({"alice"})), {"customer": Customer("alice")}),
        (GoesTo(frozenset({"FR"})), {"place": FRANCE}),
        (SentBy(frozenset({"post"})), {"shipping": "post"}),
        (InChannel(frozenset({"web"})), {"channel": "web"}),
        (During(Period(until=NOW)), {"now": NOW - timedelta(seconds=1)}),
    ],
)
def test_a_condition_holds_for_its_carts_only(condition, words):
    heavy = GOODS | {"TEE": replace(GOODS["TEE"], weight=Decimal("0.25"))}
    snapshot = replace(offering(OrderFixed(100), conditions=(condition,)), goods=heavy)
    assert priced(snapshot, **{"MUG": 1} | words).discount == 100
    assert priced(snapshot, MUG=1, TEE=1).discount == 0


def test_refuses_promotions_that_depend_on_themselves():
    with pytest.raises(RefersToItself):
        shop(promotions=(Promotion("sale", conditions=(Not(Applied("sale")),)),))
    detour = [Promotion(a, conditions=(Applied(b),)) for a, b in ("ab", "bc", "ca")]
    with pytest.raises(RefersToItself):
        shop(promotions=tuple(detour))


def test_refuses_to_speak_of_what_is_not_there():
    with pytest.raises(UnknownRule):
        shop(promotions=(Promotion("sale", conditions=(Applied("gone"),)),))


def test_free_shipping_never_pays_back():
    free = (ShippingOff(percent=Decimal(80)), ShippingOff(fixed=300), ShippingOff(percent=HALF))
    snapshot = replace(offering(*free), methods=(ShippingMethod("post", fee=490),))
    quote = priced(snapshot, MUG=1)
    assert (quote.sending.discount, quote.shipping, quote.grand) == (490, 0, 1290)


@pytest.mark.parametrize(
    ("coupon", "uses", "refusal"),
    [
        (Coupon("TEN"), Uses(), None),
        (Coupon("TEN", limit=3), Uses(total=3), Refusal.USED_UP),
        (Coupon("TEN", limit=3), Uses(total=3, cancelled=1), None),
        (
            Coupon("TEN", limit=3, freed_by_cancelling=False),
            Uses(total=3, cancelled=1),
            Refusal.USED_UP,
        ),
        (Coupon("TEN", limit_per_customer=1), Uses(customer=1), Refusal.USED_BY_CUSTOMER),
        (Coupon("OTHER"), Uses(), Refusal.UNKNOWN),
    ],
)
def test_answers_who_enters_a_coupon(coupon, uses, refusal):
    snapshot = replace(offering(OrderFixed(100), coupons=(coupon,)), uses={"TEN": uses})
    quote = priced(snapshot, MUG=1, coupons=("TEN",))
    assert [answer.refusal for answer in quote.coupons] == [refusal]
    assert quote.discount == (0 if refusal else 100)


def test_the_coupon_entered_last_takes_the_place_of_others():
    both = tuple(
        Promotion(code, effects=(OrderFixed(amount),), coupons=(Coupon(code),))
        for code, amount in (("TEN", 10), ("FIVE", 5))
    )
    quote = priced(shop(promotions=both), MUG=1, coupons=("TEN", "FIVE"))
    assert quote.discount == 5
    assert {each.code: each.refusal for each in quote.coupons} == {
        "FIVE": None,
        "TEN": Refusal.REPLACED,
    }


def test_a_coupon_is_refused_where_its_promotion_does_not_apply():
    dear = (ItemsTotalAtLeast(9_999),)
    snapshot = offering(OrderFixed(100), coupons=(Coupon("TEN"),), conditions=dear)
    (answer,) = priced(snapshot, MUG=1, coupons=("TEN",)).coupons
    assert answer.refusal is Refusal.NOT_FOR_THIS_CART


def test_one_unit_of_the_cheapest_is_reduced():
    cheapest = Only(cheapest_unit=True)
    assert off(offering(OrderPercent(HALF, cheapest)), MUG=2, CAP=3) == {"CAP": 500}


def test_a_cart_needs_a_moment_with_a_time_zone():
    with pytest.raises(ValueError, match="time zone"):
        replace(cart(), now=cart().now.replace(tzinfo=None))


def test_half_a_cent_each_goes_to_the_first():
    assert spread(1, [7, 7]) == [1, 0]
    assert spread(3, [7, 7]) == [2, 1]
    assert spread(2, [6, 6, 6]) == [0, 1, 1]


def test_a_gift_counts_for_no_other_offer():
    effects = (Gift("MUG", 3), BuyGet(1), OrderFixed(100, MUGS))
    assert off(offering(*effects), MUG=4) == {"MUG": 3 * 1290 + 100}
    assert off(offering(*effects), MUG=5) == {"MUG": 4 * 1290 + 100}


def test_discounts_on_prices_with_tax_never_exceed_the_price():
    policy = Policy(basis=Basis.WITH_TAX)
    snapshot = replace(offering(UnitPercent(Decimal(100))), rates=(vat(),), policy=policy)
    assert priced(snapshot, MUG=1, place=FRANCE).grand == 0
