"""Coupons as merchants and partners keep them: issued one by one or by the thousand, withdrawn."""

import secrets
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from apps.pricing.domain.codes import CODES, code
from apps.pricing.models import Batch, Coupon, Promotion

INSERT = """
INSERT INTO pricing_coupon (code, promotion_id, batch_id, use_limit, customer_limit, used)
SELECT code, %s, %s, %s, %s, 0 FROM unnest(%s::text[]) AS code ON CONFLICT DO NOTHING
"""


class CodeTaken(Exception):
    """There is a coupon with this code, in small or capital letters."""


class NeedsNoCoupon(Exception):
    """The promotion is open to everybody."""


def find(text: str) -> Coupon:
    """Find a coupon by its code, in small or capital letters."""
    return Coupon.objects.select_related("promotion").get(code__iexact=text)


def issue(promotion: Promotion, **fields: Any) -> Coupon:
    """Issue one coupon; ValidationError says what does not fit."""
    guard(promotion)
    if Coupon.objects.filter(code__iexact=fields["code"]).exists():
        raise CodeTaken
    try:
        with transaction.atomic():
            return Coupon.objects.create(promotion=promotion, **fields)
    except IntegrityError:
        raise CodeTaken from None


@transaction.atomic
def issue_many(
    promotion: Promotion,
    *,
    batch: UUID,
    count: int,
    name: str = "",
    prefix: str = "",
    use_limit: int | None = 1,
    customer_limit: int | None = None,
) -> Batch:
    """Issue so many coupons with codes that nobody guesses; one batch however often it is asked."""
    made, new = open_batch(promotion, batch=batch, count=count, name=name)
    if new:
        fill(made, count, prefix=prefix, use_limit=use_limit, customer_limit=customer_limit)
    return made


def open_batch(promotion: Promotion, *, batch: UUID, count: int, name: str) -> tuple[Batch, bool]:
    """Begin a batch that has no coupons yet; says whether it is new."""
    guard(promotion)
    told = {"promotion": promotion, "name": name, "count": count}
    return Batch.objects.get_or_create(id=batch, defaults=told)


def fill(
    batch: Batch, count: int, *, prefix: str, use_limit: int | None, customer_limit: int | None
) -> None:
    """Issue so many more coupons of a batch."""
    while count > 0:
        codes = [code(secrets.randbelow(CODES), prefix) for _ in range(count)]
        with connection.cursor() as cursor:
            limits = use_limit, customer_limit
            cursor.execute(INSERT, [batch.promotion_id, batch.pk, *limits, codes])
            count -= cursor.rowcount


@transaction.atomic
def withdraw(text: str) -> None:
    """Let a code open nothing any more; one that orders have used stays in their story."""
    coupon = Coupon.objects.select_for_update().get(code__iexact=text)
    if not coupon.used:
        coupon.delete()
    else:
        Coupon.objects.filter(pk=coupon.pk).update(use_limit=coupon.used)


def guard(promotion: Promotion) -> None:
    """Refuse coupons for what is open to everybody."""
    if not promotion.by_coupon:
        raise NeedsNoCoupon
