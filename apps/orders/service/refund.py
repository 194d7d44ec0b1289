"""Gives money back: decided once, never more than the order cost, made by payments and pricing.

The decision is one transaction with whatever it is for. What another context has to do follows the
fact of it, and can be asked for as often as it takes.
"""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F

from apps.payments.events import RefundMade, RefundRefused
from apps.payments.interface import RefundDiffers, RefundTooMuch, UnknownSession, payments
from apps.pricing.interface import Debit, pricing
from commerce import ids
from commerce.events import publish
from commerce.money import Money

from ..domain import OtherWish
from ..domain.life import Goods, NotAllowed, Refusal, before
from ..domain.refunds import REFUND_NEXT, Cause, share, split
from ..events import RefundDue
from ..interface import RefundState, Status
from ..models import Order, Refund
from .archive import bring_back
from .change import note
from .confirm import WORKER
from .count import count, lines_of

PAYMENTS = "payments"


class NoRoom(Exception):
    """More was given back than the order cost, as far as is known yet; to be looked at again."""


Credits = Sequence[tuple[int, int, int]]  # position of a line, units, minor units of money


def refund(*, order: UUID, minor: int, actor: str, why: str, key: str) -> UUID:
    """Give back an amount for nothing in particular, once for each key.

    Raises NotAllowed when less than that is left of what the order cost.
    """
    name = named(key)
    if known := Refund.objects.filter(order=order, key=name).first():
        if known.minor != minor:
            raise OtherWish
        return known.pk
    with transaction.atomic():
        return decide(order, minor, Cause.GOODWILL, actor=actor, why=why, key=name)


def decide(
    order: UUID,
    minor: int,
    cause: Cause,
    *,
    actor: str,
    why: str,
    key: str,
    credits: Credits = (),
) -> UUID:
    """Decide to give an amount back, inside the caller's transaction."""
    within = Order.objects.filter(pk=order, grand__gte=F("refunded") + minor)
    if minor <= 0 or not within.update(refunded=F("refunded") + minor, version=F("version") + 1):
        raise too_much(order)
    found = Order.objects.get(pk=order)
    paid = [(each["card"], each["minor"]) for each in found.cards]
    parts = split(minor, before=found.refunded - minor, due=found.taken, cards=paid)
    made = Refund.objects.create(
        order=found,
        key=key,
        cause=cause.value,
        minor=minor,
        to_payment=parts.to_payment,
        cards=parts.cards,
        credits=credits,
        why=why,
    )
    amount = Money(minor, found.currency)
    note(order, actor=actor, what="refund decided", why=f"{amount.amount} {amount.currency}: {why}")
    publish(RefundDue(order=order, refund=made.pk))
    return made.pk


def too_much(order: UUID) -> NotAllowed:
    """Say how much of an order can still be given back."""
    found = Order.objects.get(pk=order)
    left = Money(found.grand - found.refunded, found.currency)
    return NotAllowed(Refusal.TOO_MUCH, left=left.to_json())


def credit(order: UUID, goods: Goods) -> Credits:
    """Count units whose money is given back, and say what they cost."""
    count(order, "credited", goods)
    lines = lines_of(order)
    return [
        (at, many, share(lines[at].total, lines[at].quantity, lines[at].credited - many, many))
        for at, many in goods.items()
    ]


def cost(credits: Credits) -> int:
    """Add up what units cost whose money is given back."""
    return sum(minor for _, _, minor in credits)


def make_refund(*, refund: UUID) -> None:
    """Have a decided refund made, as soon as the order's money is there; repeated, nothing more."""
    found = Refund.objects.select_related("order").get(pk=refund)
    order = found.order
    if found.state != RefundState.DUE.value or not order.is_taken:
        return None
    name = ids.public("ref", refund)
    if found.cards and order.status != Status.CANCELLED.value:  # else all of it went back
        debits = [Debit(UUID(card), Money(part, order.currency)) for card, part in found.cards]
        pricing.restore(order=order.pk, key=name, cards=tuple(debits))
    if not found.to_payment:
        return end(found, RefundState.MADE)
    amount = Money(found.to_payment, order.currency)
    try:
        payments.refund(order=order.pk, amount=amount, key=name, why=found.why)
    except (RefundTooMuch, RefundDiffers, UnknownSession) as refusal:
        end(found, RefundState.REFUSED, why=type(refusal).__name__)


def make_refunds(*, order: UUID) -> None:
    """Have everything made that was decided before the order's money was there."""
    for refund in Refund.objects.filter(order=order, state=RefundState.DUE.value):
        make_refund(refund=refund.pk)


def hear_of_refund(*, fact: RefundMade | RefundRefused) -> None:
    """Note what payments says of a refund, also of one that was decided there and not here."""
    bring_back(order=fact.order)
    found = known(fact)
    if isinstance(fact, RefundMade):
        if found := found or adopt(fact):
            end(found, RefundState.MADE)
    elif found:
        end(found, RefundState.REFUSED, why=fact.reason)


def known(fact: RefundMade | RefundRefused) -> Refund | None:
    """Find the refund that a fact is about, by its own name or by the one it has in payments."""
    of_order = Refund.objects.filter(order=fact.order)
    try:
        return of_order.filter(pk=ids.parse("ref", fact.key)).first()
    except ids.UnknownId:
        return of_order.filter(key=named(fact.key)).first()


def adopt(fact: RefundMade) -> Refund | None:
    """Count a refund that was decided in payments, where nobody gives back more than was taken.

    There may be no room for it while others are due that payments will refuse for its sake: they
    are made first, and it is adopted after that.
    """
    if not Order.objects.filter(pk=fact.order).exists():
        return None
    make_refunds(order=fact.order)
    with transaction.atomic():
        within = Order.objects.filter(pk=fact.order, grand__gte=F("refunded") + fact.amount.minor)
        if not within.update(refunded=F("refunded") + fact.amount.minor, version=F("version") + 1):
            raise NoRoom(fact.key)
        made, is_new = Refund.objects.get_or_create(
            order_id=fact.order,
            key=named(fact.key),
            defaults={
                "cause": Cause.GOODWILL.value,
                "minor": fact.amount.minor,
                "to_payment": fact.amount.minor,
            },
        )
        if not is_new:
            raise NoRoom(fact.key)  # a twin has counted it
        told = f"{fact.amount.amount} {fact.amount.currency}"
        note(fact.order, actor=PAYMENTS, what="refund decided", why=told)
    return made


def end(refund: Refund, state: RefundState, *, why: str = "") -> None:
    """Write down how a refund has ended; a refused one can be decided again."""
    with transaction.atomic():
        there = Refund.objects.filter(pk=refund.pk, state__in=before(REFUND_NEXT, state))
        was = there.values_list("state", flat=True).first()
        if not there.update(state=state.value):
            return
        minor = {RefundState.REFUSED: -refund.minor}.get(state, 0)
        if was == RefundState.REFUSED.value:
            minor = refund.minor
        order = Order.objects.filter(pk=refund.order_id)
        order.update(refunded=F("refunded") + minor, version=F("version") + 1)
        note(refund.order_id, actor=WORKER, what=f"refund {state.value}", why=why)


def named(key: str) -> str:
    """Name a caller's key in so many characters."""
    return hashlib.sha256(key.encode()).hexdigest()
