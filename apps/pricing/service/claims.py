"""What an order uses of coupons, promotions and gift cards: all or nothing, and given back once.

Coupons are claimed in the order of their codes, promotions in that of their keys, and cards in that
of their ids, so that orders at once wait for each other instead of blocking each other. The
database's clock decides.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from apps.pricing.domain.promotions import Promotion as Rule
from apps.pricing.interface import (
    ClaimUndone,
    CouponRefused,
    Debit,
    Discount,
    GiftCardRefused,
    PromotionOver,
    Refusal,
)

from . import offers

BEGIN = 'INSERT INTO pricing_claim ("order", undone) VALUES (%s, false) ON CONFLICT DO NOTHING'
UNDONE = 'SELECT undone FROM pricing_claim WHERE "order" = %s'
VALID = """
upper(c.code) = %s AND (c.customer IS NULL OR c.customer = %s)
AND p.id = c.promotion_id AND p.is_live AND p.by_coupon
AND (p.since IS NULL OR p.since <= now()) AND (p.until IS NULL OR p.until > now())
"""
UNUSED = "AND (c.use_limit IS NULL OR c.used < c.use_limit)"
USE = f"""
UPDATE pricing_coupon AS c SET used = c.used + 1
FROM pricing_promotion AS p WHERE {VALID} {UNUSED} RETURNING c.id
"""
THERE = f"SELECT c.id FROM pricing_coupon AS c, pricing_promotion AS p WHERE {VALID}"
RECORD = """
INSERT INTO pricing_couponuse ("order", coupon_id, customer)
SELECT %(order)s, id, %(customer)s FROM pricing_coupon
WHERE id = %(coupon)s AND (customer_limit IS NULL OR %(customer)s::uuid IS NOT NULL AND (
    SELECT count(*) FROM pricing_couponuse
    WHERE coupon_id = %(coupon)s AND customer = %(customer)s
) < customer_limit) RETURNING id
"""
GIVE = """
UPDATE pricing_promotion SET used = used + 1, given_minor = given_minor + %(minor)s
WHERE key = %(key)s AND currency IN ('', %(currency)s)
AND (use_limit IS NULL OR used < use_limit)
AND (budget_minor IS NULL OR given_minor + %(minor)s <= budget_minor)
RETURNING id, terms::text, currency
"""
GIVEN = """
INSERT INTO pricing_promotionuse ("order", promotion_id, minor, currency, customer)
VALUES (%s, %s, %s, %s, %s)
"""
OWN_USES = "SELECT count(*) FROM pricing_promotionuse WHERE promotion_id = %s AND customer = %s"
DEBIT = """
UPDATE pricing_giftcard SET balance_minor = balance_minor - %(minor)s
WHERE id = %(card)s AND currency = %(currency)s AND %(minor)s > 0 AND balance_minor >= %(minor)s
AND is_live AND coalesce(until > now(), true) RETURNING id
"""
DEBITED = 'INSERT INTO pricing_giftcarduse ("order", card_id, minor) VALUES (%s, %s, %s)'
UNDO = """
INSERT INTO pricing_claim ("order", undone) VALUES (%s, true)
ON CONFLICT ("order") DO UPDATE SET undone = true
"""
FORGET_COUPONS = """
DELETE FROM pricing_couponuse AS u USING pricing_coupon AS c
WHERE u."order" = %s AND c.id = u.coupon_id RETURNING upper(c.code), c.id
"""
FREE = "UPDATE pricing_coupon SET used = used - 1 WHERE id = %s"
FORGET_DEBITS = 'DELETE FROM pricing_giftcarduse WHERE "order" = %s RETURNING card_id, minor'
CREDIT = "UPDATE pricing_giftcard SET balance_minor = balance_minor + %s WHERE id = %s"
FORGET_PROMOTIONS = """
DELETE FROM pricing_promotionuse AS u USING pricing_promotion AS p
WHERE u."order" = %s AND p.id = u.promotion_id RETURNING p.key, p.id, u.minor
"""
RESTORED = """
INSERT INTO pricing_giftcardreturn ("order", key, card_id, minor) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""
ALL_OF_IT = 'DELETE FROM pricing_giftcarduse WHERE "order" = %s AND card_id = %s AND minor = %s'
SOME_OF_IT = """
UPDATE pricing_giftcarduse SET minor = minor - %(minor)s
WHERE "order" = %(order)s AND card_id = %(card)s AND minor > %(minor)s RETURNING id
"""
TAKE_BACK = """
UPDATE pricing_promotion SET used = used - 1, given_minor = given_minor - %s WHERE id = %s
"""


@transaction.atomic
def claim(
    order: UUID,
    coupons: Iterable[str],
    customer: UUID | None,
    discounts: Iterable[Discount],
    cards: Iterable[Debit],
) -> None:
    """Count an order's coupons, discounts and debits, or none of them; an order counts once."""
    if not changed(BEGIN, order):
        if rows(UNDONE, order) == [(True,)]:
            raise ClaimUndone(order=order)
        return
    for code in sorted({code.strip().upper() for code in coupons}):
        use(order, code, customer)
    for discount in sorted(discounts, key=lambda each: each.promotion):
        give(order, discount, customer)
    for debit in sorted(cards, key=lambda each: each.card):
        take(order, debit)


@transaction.atomic
def unclaim(order: UUID) -> None:
    """Give back what an order claimed, and see to it that it claims nothing later."""
    changed(UNDO, order)
    for _code, coupon in sorted(rows(FORGET_COUPONS, order)):
        changed(FREE, coupon)
    for _key, promotion, minor in sorted(rows(FORGET_PROMOTIONS, order)):
        changed(TAKE_BACK, minor, promotion)
    for card, minor in sorted(rows(FORGET_DEBITS, order)):
        changed(CREDIT, minor, card)


@transaction.atomic
def restore(order: UUID, key: str, cards: Iterable[Debit]) -> None:
    """Put amounts back on the cards that an order took them from, all of them or none."""
    for debit in sorted(cards, key=lambda each: each.card):
        card, minor = debit.card, debit.amount.minor
        if not changed(RESTORED, order, key, card, minor):
            continue
        taken = changed(ALL_OF_IT, order, card, minor)
        if not taken and not rows(SOME_OF_IT, order=order, card=card, minor=minor):
            raise GiftCardRefused(card=card)
        changed(CREDIT, minor, card)


def use(order: UUID, code: str, customer: UUID | None) -> None:
    """Count one use of a coupon; its row stays locked while the customer's uses are counted."""
    used = rows(USE, code, customer)
    if not used:
        there = rows(THERE, code, customer)
        raise CouponRefused(code=code, refusal=Refusal.USED_UP if there else Refusal.UNKNOWN)
    ((coupon,),) = used
    if not rows(RECORD, order=order, coupon=coupon, customer=customer):
        own = Refusal.USED_BY_CUSTOMER if customer else Refusal.SIGN_IN
        raise CouponRefused(code=code, refusal=own)


def give(order: UUID, discount: Discount, customer: UUID | None) -> None:
    """Count what a promotion gives to an order, within its limit and its budget.

    Its row stays locked while a first order is looked for that is too young to be in the history.
    """
    minor, currency = discount.amount.minor, discount.amount.currency
    given = rows(GIVE, key=discount.promotion, minor=minor, currency=currency)
    if not given:
        raise PromotionOver(promotion=discount.promotion)
    ((promotion, terms, counted),) = given
    limit = Rule(discount.promotion, conditions=offers.terms(terms, counted).conditions).most_uses
    if limit is not None and rows(OWN_USES, promotion, customer) >= [(limit,)]:
        raise PromotionOver(promotion=discount.promotion)
    changed(GIVEN, order, promotion, minor, currency, customer)


def take(order: UUID, debit: Debit) -> None:
    """Take an amount from a card that holds it."""
    minor, currency = debit.amount.minor, debit.amount.currency
    if not rows(DEBIT, card=debit.card, minor=minor, currency=currency):
        raise GiftCardRefused(card=debit.card)
    changed(DEBITED, order, debit.card, minor)


def changed(statement: str, *values: Any) -> int:
    """Run a statement, and count the rows that it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def rows(statement: str, *values: Any, **named: Any) -> list[tuple[Any, ...]]:
    """Return what a statement returns, its values told in order or by name."""
    with connection.cursor() as cursor:
        cursor.execute(statement, named or values)
        return list(cursor.fetchall())
