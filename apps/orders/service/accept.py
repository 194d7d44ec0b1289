"""Takes an intent to its end: accepted with all its goods and money, or refused with none.

Three contexts are involved and no transaction spans them, so every step is one transaction in its
own context, repeatable by the order's id. Whoever comes after a crash simply takes all steps again.
The decision to refuse is written down before anything is given back: from then on the order cannot
be accepted any more, by nobody, and whoever comes next goes on giving back.
"""

from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now
from msgspec import convert, to_builtins

from apps.payments.interface import (
    AmountDiffers,
    PaymentRefused,
    PaymentUnfinished,
    UnknownSession,
    payments,
)
from apps.pricing.interface import (
    ClaimUndone,
    CouponRefused,
    Debit,
    GiftCardRefused,
    PromotionOver,
    pricing,
)
from apps.stock.interface import AlreadyCancelled, Destination, OutOfStock, stock
from commerce.events import publish
from commerce.money import Money

from ..domain import UNDECIDED, NotPossible, Reason, parts_needed
from ..events import OrderAccepted
from ..interface import Status
from ..models import Order
from . import reasons
from .change import change, durably
from .show import cards, discounts

CLAIM = timedelta(seconds=10)  # as long as one attempt may take
REFUSALS = (
    *(OutOfStock, CouponRefused, PromotionOver, GiftCardRefused),
    *(UnknownSession, PaymentRefused, PaymentUnfinished, AmountDiffers),
)
UNDONE = (AlreadyCancelled, ClaimUndone)


def claim(order: UUID) -> bool:
    """Take an undecided order for oneself, unless somebody else is at it."""
    free = Order.objects.filter(pk=order, status__in=UNDECIDED_VALUES, claimed_until__lte=Now())
    return bool(free.update(claimed_until=Now() + CLAIM))


def release(order: UUID) -> None:
    """Let the next one have an order that is still undecided."""
    Order.objects.filter(pk=order, status__in=UNDECIDED_VALUES).update(claimed_until=Now())


def decide(order: Order, *, actor: str) -> Order:
    """Accept or refuse an order that the caller has claimed; returns it as it stands then.

    When another context does not answer, the order stays undecided and free for the next attempt.
    """
    try:
        if order.status == Status.PLACING.value:
            promise(order, actor)
        order.refresh_from_db()
        if order.status in {Status.REFUSING.value, Status.REFUSED.value}:
            give_back(order, actor)
            order.refresh_from_db()
    finally:
        if order.status in UNDECIDED_VALUES:
            release(order.pk)
    return order


def promise(order: Order, actor: str) -> None:
    """Take the goods, what is counted, and the money, then write the promise down.

    Stock or pricing that remember the order as cancelled say that somebody else has refused it
    meanwhile.
    """
    try:
        take(order)
    except UNDONE:
        return
    except REFUSALS as refusal:
        refuse(order, reasons.of_refusal(refusal, names(order), given(order)), actor)
    else:
        accept(order, actor)


def take(order: Order) -> None:
    """Make goods, coupons, what promotions give, gift cards and payment belong to the order."""
    lines = [(line.sku, tuple(line.parts), line.quantity) for line in order.lines.all()]
    goal = Destination(order.address["country"]) if order.address else None
    stock.commit(order=order.pk, cart=order.cart, lines=parts_needed(lines), destination=goal)
    if counts(order):
        pricing.claim(
            order=order.pk,
            coupons=tuple(order.coupons),
            discounts=discounts(order),
            cards=tuple(Debit(paid.card, paid.amount) for paid in cards(order)),
        )
    payments.bind(
        order=order.pk,
        cart=order.cart,
        session=order.payment_session,
        amount=due(order),
    )


def due(order: Order) -> Money:
    """Return what is left for the payment when gift cards have paid."""
    grand = Money(order.grand, order.currency)
    return grand - sum((paid.amount for paid in cards(order)), Money.zero(order.currency))


def counts(order: Order) -> bool:
    """Tell whether pricing counts anything for the order."""
    return bool(order.coupons or order.discounts or order.cards)


def given(order: Order) -> dict[str, str]:
    """Return what the shopper calls each promotion."""
    return {each.promotion: each.name for each in discounts(order)}


def names(order: Order) -> dict[str, str]:
    """Return what the shopper calls each SKU, also where it is a part of a line."""
    return {part: line.name for line in order.lines.all() for part in (line.sku, *line.parts)}


def accept(order: Order, actor: str) -> None:
    """Promise the order: the state and the fact, on disk together."""
    with durably():
        step = (Status.PLACING, Status.ACCEPTED)
        if change(order.pk, *step, actor=actor, accepted_at=Now()):
            publish(OrderAccepted(order=order.pk))


def refuse(order: Order, why: tuple[Reason, ...], actor: str) -> None:
    """Decide that this order will not be, and remember what to tell the shopper."""
    words = "; ".join(reason.text for reason in why)
    step = (Status.PLACING, Status.REFUSING)
    with durably():
        change(order.pk, *step, actor=actor, why=words, refusal=to_builtins(why))


def give_back(order: Order, actor: str) -> None:
    """Undo the steps in reverse; also when somebody slow took them after they had been undone."""
    free(order)
    with durably():
        change(order.pk, Status.REFUSING, Status.REFUSED, actor=actor)


def free(order: Order) -> None:
    """Give back all that was taken for an order; repeated, nothing is given back twice."""
    payments.void(order=order.pk)
    if counts(order):
        pricing.unclaim(order=order.pk)
    stock.cancel(order=order.pk)


def refusal_of(order: Order) -> NotPossible:
    """Return what the shopper was, or would have been, told about a refused order."""
    return NotPossible(convert(order.refusal, tuple[Reason, ...]))


UNDECIDED_VALUES = sorted(status.value for status in UNDECIDED)
