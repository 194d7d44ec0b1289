"""The promotions that are live for a cart, the coupons that were entered, and what came of both."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError

from apps.pricing.domain import coupons as rules
from apps.pricing.domain.amounts import Currency
from apps.pricing.domain.coupons import Uses, entered
from apps.pricing.domain.documents import Terms, read
from apps.pricing.domain.explanation import Kind
from apps.pricing.domain.period import Period
from apps.pricing.domain.policy import Policy
from apps.pricing.domain.promotions import Promotion as Rule
from apps.pricing.domain.promotions import with_absent
from apps.pricing.domain.quotation import Quote
from apps.pricing.interface import CartDraft, CouponAnswer, Discount, Gift, Reason, Refusal
from apps.pricing.models.fields import COUPON
from commerce import clock, postgres
from commerce.fleeting import Fleeting
from commerce.money import Money

COUPONS = """
SELECT upper(code), promotion_id, use_limit, used, customer_limit, (
    SELECT count(*) FROM pricing_couponuse AS u WHERE u.coupon_id = c.id AND u.customer = %s::uuid
)
FROM pricing_coupon AS c
WHERE upper(code) = ANY(%s::text[]) AND (customer IS NULL OR customer = %s::uuid)
"""
LIVE = """
SELECT id, by_coupon, key, name, priority, exclusive, stops, since, until,
    use_limit - used, budget_minor - given_minor, terms::text, currency
FROM pricing_promotion
WHERE id = %s OR (
    is_live AND currency IN ('', %s) AND coalesce(until > %s::timestamptz, true)
    AND (NOT by_coupon OR id = ANY(%s::bigint[]) AND coalesce(since <= %s::timestamptz, true))
)
ORDER BY id
"""
POLICY = Policy(most_units=1_000_000)  # of one good; how much a cart holds is for the cart to say
KNOWN: Fleeting[str, tuple[Rule, ...]] = Fleeting(0.5)
TAKEN = (Kind.DISCOUNT, Kind.GIFT, Kind.SHIPPING_DISCOUNT)
WORDS = {
    rules.Refusal.UNKNOWN: Refusal.UNKNOWN,
    rules.Refusal.NOT_NOW: Refusal.UNKNOWN,
    rules.Refusal.USED_UP: Refusal.USED_UP,
    rules.Refusal.USED_BY_CUSTOMER: Refusal.USED_BY_CUSTOMER,
    rules.Refusal.NOT_FOR_THIS_CART: Refusal.NOT_FOR_THIS_CART,
    rules.Refusal.REPLACED: Refusal.REPLACED,
}


class Entered(NamedTuple):
    """A coupon that was entered, and how often the customer has used it."""

    promotion: int
    coupon: rules.Coupon
    uses: Uses


def live(cart: CartDraft) -> tuple[tuple[Rule, ...], Mapping[str, Uses]]:
    """Read the promotions that a cart may get, and the uses of the coupons entered for it."""
    if cart.coupons:
        promotions, uses = at(cart, clock.now())
        return with_absent(promotions), uses
    currency = cart.currency
    known = KNOWN.lately((currency,), lambda _: {currency: at(cart, clock.now())[0]})
    return with_absent(known[currency]), {}


def at(
    cart: CartDraft, now: datetime, *, trying: int = 0
) -> tuple[tuple[Rule, ...], Mapping[str, Uses]]:
    """Read the same for a moment, with one that is only tried and needs no coupon then."""
    found = valid(cart)
    opened = [each.promotion for each in found]
    rows = postgres.ask(LIVE, trying, cart.currency, now, opened, now)
    return tuple(rule(found, *row) for row in rows), {each.coupon.code: each.uses for each in found}


def codes(cart: CartDraft) -> tuple[str, ...]:
    """Return the codes as they are compared: large and small letters are the same."""
    return tuple(code.strip().upper() for code in cart.coupons)


def valid(cart: CartDraft) -> tuple[Entered, ...]:
    """Find the coupons that count of those that were entered, unless they are somebody else's."""
    counting, _replaced = entered(codes(cart), POLICY.coupons)
    written = [code for code in counting if is_code(code)]
    if not written:
        return ()
    rows = postgres.ask(COUPONS, cart.customer, postgres.Words(written), cart.customer)
    return tuple(coupon(cart.customer, *row) for row in rows)


def is_code(text: str) -> bool:
    """Tell whether a coupon can be called so at all."""
    try:
        COUPON(text)
    except ValidationError:
        return False
    return True


def coupon(
    customer: UUID | None,
    code: str,
    promotion: int,
    limit: int | None,
    used: int,
    customer_limit: int | None,
    by_customer: int,
) -> Entered:
    """Tell the engine a coupon; where uses of each customer count, a stranger has none left."""
    mine = by_customer if customer else customer_limit or 0
    value = rules.Coupon(code, limit=limit, limit_per_customer=customer_limit)
    return Entered(promotion, value, Uses(total=used, customer=mine))


def rule(found: tuple[Entered, ...], promotion: int, by_coupon: bool, *row: Any) -> Rule:
    """Tell the engine a promotion, and what is left of it."""
    key, name, priority, exclusive, stops, since, until, uses_left, budget, *written = row
    known = terms(*written)
    mine = (each.coupon for each in found if by_coupon and each.promotion == promotion)
    return Rule(
        key=key,
        name=name,
        conditions=known.conditions,
        effects=known.effects,
        coupons=tuple(mine),
        priority=priority,
        exclusive=exclusive,
        stop=stops,
        period=Period(since, until),
        uses_left=uses_left,
        budget=budget,
    )


@lru_cache(maxsize=500)
def terms(document: str, currency: str) -> Terms:
    """Read terms once for as long as they stay the same."""
    return read(json.loads(document), Currency(currency) if currency else None)


def discounts(found: Quote) -> tuple[Discount, ...]:
    """Add up what each promotion took, in the order in which they worked."""
    taken: Counter[tuple[str, str]] = Counter()
    for entry in found.entries:
        if entry.kind in TAKEN:
            taken[entry.rule, entry.name] -= entry.amount
    code = found.currency.code
    return tuple(Discount(key, name, Money(off, code)) for (key, name), off in taken.items())


def gifts(found: Quote) -> tuple[Gift, ...]:
    """Name the gifts that are not in the cart yet."""
    return tuple(Gift(*offer) for offer in found.offers)


def reasons(found: Quote) -> tuple[Reason, ...]:
    """Explain a quote, one change of its total after the other."""
    return tuple(
        Reason(
            kind=entry.kind.name.lower().replace("_", "-"),
            rule=entry.rule,
            name=entry.name,
            target=entry.target,
            amount=Money(entry.amount, found.currency.code),
            text=entry.sentence(found.currency),
        )
        for entry in found.entries
    )


def answers(found: Quote, cart: CartDraft) -> tuple[CouponAnswer, ...]:
    """Tell whether the codes that were entered count."""
    return tuple(CouponAnswer(each.code, told(each.refusal, cart)) for each in found.coupons)


def told(refusal: rules.Refusal | None, cart: CartDraft) -> Refusal | None:
    """Say why a coupon gives nothing, so that who guesses codes learns nothing."""
    if refusal is rules.Refusal.USED_BY_CUSTOMER and not cart.customer:
        return Refusal.SIGN_IN
    return None if refusal is None else WORDS[refusal]
