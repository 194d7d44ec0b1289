"""Turns a cart into an order: looks, writes the intent down, has it decided, tells the number."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import json, to_builtins

from apps.cart.interface import CartLine, Contents, UnknownCart, cart
from apps.pricing.interface import CardPayment, Discount, QuoteLine
from commerce import ids
from commerce.events import backlog
from commerce.services import ServiceUnavailable

from ..domain import (
    AlreadyOrdered,
    InProgress,
    NotPossible,
    OtherWish,
    Receipt,
    TooBusy,
    Wish,
)
from ..interface import Payment, Status
from . import accept, intents, reasons
from .intents import Intent
from .precheck import in_locale, precheck

SHOPPER = "shopper"
MOST_WAITING = 10_000  # facts not yet handled by the orders workers
LONGEST_WAIT = timedelta(seconds=120)


def place(*, wish: Wish, caller: str, key: str) -> Receipt:
    """Accept an order, or say why not; the same caller, key and wish get the same answer for ever.

    The caller has shown that the cart is his. Raises UnknownCart, NotPossible with all its reasons,
    AlreadyOrdered, InProgress, OtherWish, TooBusy, and ServiceUnavailable when a context did not
    answer: the same key then goes on where this attempt stopped; if it never comes, `recover` does.
    """
    if known := earlier(wish, caller, key):
        return again(known, wish, caller, key)
    refuse_when_too_busy()
    try:
        intent = intend(*look(wish), wish, caller, key)
    except NotPossible:  # perhaps because a twin has just ordered this cart
        if twin := earlier(wish, caller, key):
            return again(twin, wish, caller, key)
        raise
    if intent:
        return tell(accept.decide(intent, actor=SHOPPER))
    if twin := earlier(wish, caller, key):
        return again(twin, wish, caller, key)
    raise InProgress  # the twin was refused this moment


def earlier(wish: Wish, caller: str, key: str) -> Intent | None:
    """Find the order this key was used for, or else the one that this cart has become."""
    found = intents.earlier(cart=wish.cart, caller=caller, key=key)
    return min(found, key=lambda order: (order.caller, order.key) != (caller, key), default=None)


def again(order: Intent, wish: Wish, caller: str, key: str) -> Receipt:
    """Answer as the first attempt was, or would have been, answered, ending it if it broke off."""
    same_key = (order.caller, order.key) == (caller, key)
    if same_key and order.fingerprint != fingerprint(wish):
        raise OtherWish
    if order.is_undecided:
        if not intents.claim(order.id):
            raise InProgress
        order = accept.decide(intents.read(order.id), actor=SHOPPER)
    receipt = tell(order, replayed=True)
    if not same_key:
        raise AlreadyOrdered(order.id, order.number)
    return receipt


def refuse_when_too_busy() -> None:
    """Send new orders away while those accepted cannot be confirmed in good time."""
    waiting = backlog("orders")
    if waiting.rows > MOST_WAITING or waiting.oldest > LONGEST_WAIT:
        raise TooBusy


def look(wish: Wish) -> tuple[Contents, UUID]:
    """Return the cart, and what pays for it, if nothing at all is wrong with them."""
    findings = precheck(wish=wish)
    if wish.payment_session is None:
        raise NotPossible((*findings.reasons, reasons.missing_payment()))
    if findings.reasons:
        raise NotPossible(findings.reasons)
    return findings.contents, wish.payment_session


def intend(contents: Contents, session: UUID, wish: Wish, caller: str, key: str) -> Intent | None:
    """Write down what is wanted, frozen, before anything is taken for it.

    Two orders of one cart, or of one key, cannot both be written: None for the second.
    """
    quote = contents.quote
    row = {
        "id": ids.new(),
        "cart": contents.id,
        "caller": caller,
        "key": key,
        "fingerprint": fingerprint(wish),
        "status": Status.PLACING,
        "payment": Payment.SECURED,
        "payment_session": session,
        "version": 1,
        "email": contents.email,
        "locale": contents.locale,
        "currency": contents.currency,
        "subtotal": quote.subtotal.minor,
        "shipping": quote.shipping.minor,
        "tax": quote.tax.minor,
        "grand": quote.grand.minor,
        "coupons": quote.counting,
        "discounts": [frozen_discount(each) for each in quote.discounts],
        "cards": [frozen_card(each) for each in quote.cards if each.amount.minor],
        "shipping_option": contents.shipping or "",
        "address": to_builtins(contents.address),
        "refusal": [],
        "customer": contents.customer,
    }
    return intents.write(row, frozen_lines(contents), actor=SHOPPER)


def frozen_discount(discount: Discount) -> dict[str, str | int]:
    """Keep what a promotion took off."""
    return {
        "promotion": discount.promotion,
        "name": discount.name,
        "minor": discount.amount.minor,
    }


def frozen_card(payment: CardPayment) -> dict[str, str | int]:
    """Keep what a gift card or store credit pays."""
    return {"card": str(payment.card), "hint": payment.hint, "minor": payment.amount.minor}


def frozen_lines(contents: Contents) -> list[dict[str, Any]]:
    """Keep each line as the shopper saw it: name, choice, price and tax."""
    priced = {line.sku: line for line in contents.quote.lines}
    return [
        {"position": position, **frozen_line(line, priced[line.sku], contents.locale)}
        for position, line in enumerate(contents.lines, start=1)
    ]


def frozen_line(line: CartLine, priced: QuoteLine, locale: str) -> dict[str, Any]:
    """Keep one line."""
    return {
        "sku": line.sku,
        "name": in_locale(line.name, locale) or line.sku,
        "options": line.options,
        "quantity": line.quantity,
        "unit": priced.unit.minor,
        "total": priced.total.minor,
        "tax": priced.tax.minor,
        "tax_rate": priced.tax_rate,
        "ships": line.ships,
        "parts": line.parts,
    }


def tell(order: Intent, *, replayed: bool = False) -> Receipt:
    """Say the number of an order that was accepted, or why it was not."""
    if order.status is Status.REFUSED:
        raise accept.refusal_of(order)
    if order.status is Status.ACCEPTED:
        close_cart(order)
    return Receipt(order.id, order.number, replayed)


def close_cart(order: Intent) -> None:
    """End the cart now, so that nobody adds to it; should that fail, the worker will do it."""
    try:
        cart.close(cart=order.cart, order=order.id)
    except (ServiceUnavailable, UnknownCart):
        return


def fingerprint(wish: Wish) -> str:
    """Tell two wishes apart without keeping them."""
    return hashlib.sha256(json.encode(wish)).hexdigest()
