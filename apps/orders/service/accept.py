"""Takes an intent to its end: accepted with all its goods and money, or refused with none.

Three contexts are involved and no transaction spans them, so every step is one transaction in its
own context, repeatable by the order's id. Whoever comes after a crash simply takes all steps again.
The decision to refuse is written down before anything is given back: from then on the order cannot
be accepted any more, by nobody, and whoever comes next goes on giving back.
"""

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
    Discount,
    GiftCardRefused,
    PromotionOver,
    pricing,
)
from apps.stock.interface import AlreadyCancelled, Destination, OutOfStock, stock
from commerce.money import Money

from ..domain import NotPossible, parts_needed
from ..events import OrderAccepted
from ..interface import PaidByCard, Status
from . import intents, reasons, show
from .intents import Intent

REFUSALS = (
    *(OutOfStock, CouponRefused, PromotionOver, GiftCardRefused),
    *(UnknownSession, PaymentRefused, PaymentUnfinished, AmountDiffers),
)
UNDONE = (AlreadyCancelled, ClaimUndone)


def decide(intent: Intent, *, actor: str) -> Intent:
    """Accept or refuse an order that the caller has claimed; returns it as it stands then.

    When another context does not answer, the order stays undecided and free for the next attempt.
    """
    try:
        if intent.status is Status.PLACING:
            intent = promise(intent, actor)
        if intent.status in {Status.REFUSING, Status.REFUSED}:
            intent = give_back(intent, actor)
    finally:
        if intent.is_undecided:
            intents.leave(intent.id)
    return intent


def promise(intent: Intent, actor: str) -> Intent:
    """Take the goods, what is counted, and the money, then write the promise down.

    Stock or pricing that remember the order as cancelled say that somebody else has refused it
    meanwhile. The decision to refuse comes with what to tell the shopper.
    """
    try:
        take(intent)
    except UNDONE:
        return intents.read(intent.id)
    except REFUSALS as refusal:
        why = reasons.of_refusal(refusal, names(intent), given(intent))
        words = "; ".join(reason.text for reason in why)
        moved = intents.move(intent, Status.REFUSING, actor=actor, why=words, refusal=why)
    else:
        fact = OrderAccepted(order=intent.id)
        moved = intents.move(intent, Status.ACCEPTED, actor=actor, facts=[fact])
    return moved or intents.read(intent.id)


def take(intent: Intent) -> None:
    """Make goods, coupons, what promotions give, gift cards and payment belong to the order."""
    lines = parts_needed((line.sku, line.parts, line.quantity) for line in intent.lines)
    goal = Destination(intent.country) if intent.country else None
    stock.commit(order=intent.id, cart=intent.cart, lines=lines, destination=goal)
    if counts(intent):
        pricing.claim(
            order=intent.id,
            coupons=intent.coupons,
            customer=intent.customer,
            discounts=discounts(intent),
            cards=tuple(Debit(paid.card, paid.amount) for paid in cards(intent)),
        )
    payments.bind(
        order=intent.id,
        cart=intent.cart,
        session=intent.payment_session,
        amount=due(intent),
    )


def due(intent: Intent) -> Money:
    """Return what is left for the payment when gift cards have paid."""
    grand = Money(intent.grand, intent.currency)
    return grand - sum((paid.amount for paid in cards(intent)), Money.zero(intent.currency))


def counts(intent: Intent) -> bool:
    """Tell whether pricing counts anything for the order."""
    return bool(intent.coupons or intent.discounts or intent.cards)


def discounts(intent: Intent) -> tuple[Discount, ...]:
    """Return what promotions take off."""
    return show.discounts(intent.discounts, intent.currency)


def cards(intent: Intent) -> tuple[PaidByCard, ...]:
    """Return what gift cards pay."""
    return show.cards(intent.cards, intent.currency)


def given(intent: Intent) -> dict[str, str]:
    """Return what the shopper calls each promotion."""
    return {each.promotion: each.name for each in discounts(intent)}


def names(intent: Intent) -> dict[str, str]:
    """Return what the shopper calls each SKU, also where it is a part of a line."""
    return {part: line.name for line in intent.lines for part in (line.sku, *line.parts)}


def give_back(intent: Intent, actor: str) -> Intent:
    """Undo the steps in reverse; also when somebody slow took them after they had been undone."""
    free(intent)
    if intent.status is Status.REFUSED:
        return intent
    moved = intents.move(intent, Status.REFUSED, actor=actor)
    return moved or intents.read(intent.id)


def free(intent: Intent) -> None:
    """Give back all that was taken for an order; repeated, nothing is given back twice."""
    payments.void(order=intent.id)
    if counts(intent):
        pricing.unclaim(order=intent.id)
    stock.cancel(order=intent.id)


def refusal_of(intent: Intent) -> NotPossible:
    """Return what the shopper was, or would have been, told about a refused order."""
    return NotPossible(intent.refusal)
