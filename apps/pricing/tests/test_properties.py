"""What holds for every cart and every set of promotions, whatever they are."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.pricing.domain.cart import Cart, Line
from apps.pricing.domain.conditions import ContainsCategory, ItemsTotalAtLeast, QuantityAtLeast
from apps.pricing.domain.effects import NewPrice, OrderFixed, OrderPercent, UnitFixed, UnitPercent
from apps.pricing.domain.engine import price
from apps.pricing.domain.goods import EVERYTHING, Only
from apps.pricing.domain.lists import ListPrice, PriceList
from apps.pricing.domain.offers import Bundle, BuyGet, Gift, Part
from apps.pricing.domain.policy import MAGENTO, SYLIUS, Basis, Leftovers, Policy
from apps.pricing.domain.promotions import Promotion
from apps.pricing.domain.rounding import Per
from apps.pricing.domain.shelf import CatalogPromotion
from apps.pricing.domain.shipping import ShippingMethod, ShippingOff
from apps.pricing.domain.spreading import spread, spread_within
from apps.pricing.tests.stall import CLOTHES, FRANCE, GOODS, MUGS, NOW, cart, priced, shop, vat

AMOUNTS = st.integers(0, 9_999)
PERCENTS = st.sampled_from(["0", "3", "12.5", "33", "50", "99.99", "100"]).map(Decimal)
PICKS = st.sampled_from([EVERYTHING, MUGS, CLOTHES, Only(price_to=2000), Only(cheapest_unit=True)])
GOOD = st.sampled_from(sorted(GOODS))
EFFECTS = st.one_of(
    st.builds(OrderFixed, AMOUNTS, PICKS),
    st.builds(OrderPercent, PERCENTS, PICKS),
    st.builds(UnitFixed, AMOUNTS, PICKS),
    st.builds(UnitPercent, PERCENTS, PICKS),
    st.builds(NewPrice, AMOUNTS, PICKS),
    st.builds(BuyGet, st.integers(1, 3), st.integers(1, 2), PERCENTS, PICKS),
    st.builds(lambda price: Bundle((Part(MUGS), Part(CLOTHES, 2)), price=price), AMOUNTS),
    st.builds(Gift, GOOD),
    st.builds(ShippingOff, PERCENTS),
)
CONDITIONS = st.one_of(
    st.builds(ItemsTotalAtLeast, AMOUNTS),
    st.builds(QuantityAtLeast, st.integers(0, 9)),
    st.just(ContainsCategory(frozenset({"books"}))),
)
KINDS = st.sampled_from([{}, {}, {"exclusive": True}, {"stop": True}, {"on_reduced": False}])
PROMOTIONS = [
    st.builds(
        lambda key, priority, effects, conditions, budget, kind: Promotion(
            key, "", conditions, effects, priority=priority, budget=budget, **kind
        ),
        st.just(key),
        st.sampled_from([0, 1]),
        st.tuples(EFFECTS) | st.tuples(EFFECTS, EFFECTS),
        st.just(()) | st.tuples(CONDITIONS),
        st.none() | AMOUNTS,
        KINDS,
    )
    for key in ("one", "two", "three")
]
REDUCTIONS = st.just(()) | st.tuples(
    st.builds(CatalogPromotion, key=st.just("summer"), percent=PERCENTS, only=PICKS)
)
PRICES = st.fixed_dictionaries(
    {sku: st.tuples(AMOUNTS, st.integers(0, 500)) for sku in sorted(GOODS)}
)
POLICIES = st.sampled_from(
    [
        replace(shop_, tax_per=per, basis=basis, tax_after_discount=after)
        for shop_ in (SYLIUS, MAGENTO)
        for per in Per
        for basis in Basis
        for after in (True, False)
    ]
)
LINES = st.lists(st.builds(Line, GOOD, st.integers(1, 12)), min_size=1, max_size=4).map(tuple)


@st.composite
def shops(draw, policies=POLICIES):
    included = draw(st.booleans())
    prices = {
        sku: (ListPrice(amount, minimum=min(least, amount)),)
        for sku, (amount, least) in draw(PRICES).items()
    }
    return shop(
        lists=(PriceList("prices", prices),),
        promotions=draw(st.tuples(*PROMOTIONS)),
        reductions=draw(REDUCTIONS),
        methods=(ShippingMethod("post", fee=draw(AMOUNTS), tax_category="standard"),),
        rates=(
            vat(percent="20", included=included),
            vat(percent="5.5", category="books", included=included),
        ),
        assumed=FRANCE,
        policy=draw(policies),
    )


def bought(lines) -> Cart:
    return cart(lines=lines)


few = settings(max_examples=20, deadline=None)


@few
@given(shops(), LINES)
def test_totals_add_up_to_the_cent(snapshot, lines):
    quote = price(bought(lines), snapshot)
    goods = sum(line.unit * line.quantity for line in quote.lines)
    assert quote.subtotal == goods - quote.discount
    assert quote.grand == quote.subtotal + quote.shipping + sum(
        line.taxed.added for line in quote.lines
    )
    for line in quote.lines:
        assert sum(count for count, _ in line.runs) == line.quantity
        assert sum(count * taken for count, taken in line.runs) == line.discount


@few
@given(shops(), LINES)
def test_net_and_tax_make_up_what_is_paid(snapshot, lines):
    for line in price(bought(lines), snapshot).lines:
        taxed = line.taxed
        paid = taxed.net + taxed.tax + taxed.compensation - line.discount
        assert paid == line.total + taxed.added


@few
@given(shops(), LINES)
def test_discounts_never_exceed_the_goods(snapshot, lines):
    quote = price(bought(lines), snapshot)
    for line in quote.lines:
        least = line.shelf.minimum
        for _, taken in line.runs:
            assert 0 <= taken <= max(line.unit - least, 0)
    assert quote.sending is not None
    assert 0 <= quote.sending.discount <= quote.sending.fee
    assert quote.grand >= 0


@few
@given(shops(), LINES)
def test_a_promotion_never_raises_a_price(snapshot, lines):
    plain = price(bought(lines), replace(snapshot, promotions=()))
    for promotion in snapshot.promotions:
        quote = price(bought(lines), replace(snapshot, promotions=(promotion,)))
        assert quote.subtotal <= plain.subtotal
        assert all(entry.amount <= 0 for entry in quote.entries if entry.kind.name == "DISCOUNT")


@few
@given(shops(), LINES)
def test_budgets_are_kept(snapshot, lines):
    quote = price(bought(lines), snapshot)
    for promotion in snapshot.promotions:
        if promotion.budget is not None and len(promotion.effects) == 1:
            given_away = sum(
                -entry.amount
                for entry in quote.entries
                if entry.rule == promotion.key and entry.amount < 0
            )
            assert given_away <= promotion.budget


@few
@given(shops(policies=st.just(Policy(leftovers=Leftovers.SKU))), LINES, st.randoms())
def test_the_order_of_lines_does_not_matter(snapshot, lines, chance):
    mixed = list(lines)
    chance.shuffle(mixed)
    assert price(bought(tuple(mixed)), snapshot) == price(bought(lines), snapshot)


@few
@given(shops(), LINES, st.integers(1, 11))
def test_splitting_a_line_changes_nothing(snapshot, lines, size):
    first = lines[0]
    if first.quantity > size:
        rest = (Line(first.sku, first.quantity - size), Line(first.sku, size), *lines[1:])
        assert price(bought(rest), snapshot) == price(bought(lines), snapshot)


@few
@given(shops(), LINES)
def test_the_same_cart_gets_the_same_quote(snapshot, lines):
    again = replace(snapshot, promotions=tuple(reversed(tuple(reversed(snapshot.promotions)))))
    assert price(bought(lines), again) == price(bought(lines), snapshot)
    assert hash(price(bought(lines), snapshot).entries)


@given(st.integers(0, 10**6), st.lists(AMOUNTS, min_size=1, max_size=9))
def test_what_is_spread_adds_up(amount, weights):
    shares = spread(amount, weights)
    assert sum(shares) == (amount if sum(weights) else 0)
    assert min(shares) >= 0
    assert not any(share for share, weight in zip(shares, weights, strict=True) if not weight)


@given(AMOUNTS, st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=9))
def test_nobody_is_given_more_than_there_is_room_for(amount, sizes):
    weights, room = zip(*sizes, strict=True)
    given_ = spread_within(amount, weights, room)
    most = sum(space for weight, space in sizes if weight)
    assert sum(given_) == min(amount, most)
    assert all(0 <= part <= space for part, space in zip(given_, room, strict=True))


@pytest.mark.parametrize("units", [1, 9_999])
def test_many_units_cost_no_more_than_one(units):
    snapshot = shop(promotions=(Promotion("sale", effects=(OrderFixed(100),)),))
    (line,) = priced(snapshot, MUG=units, now=NOW).lines
    assert len(line.runs) <= 2
