"""The gift cards of a cart."""

from typing import Annotated

from msgspec import Meta

from apps.pricing.interface import UnknownGiftCard
from commerce import ids
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.shapes import Body

from .. import service
from ..domain import EmptyCard, OtherMoney
from .bodies import Cart
from .carts import own, reply
from .problems import because, plainly


class GiftCard(Body, frozen=True):
    """A code as it was handed out; spaces, hyphens and small letters make no difference."""

    code: Annotated[str, Meta(min_length=1, max_length=60)]


@endpoint(
    "POST",
    credentials=("cu", "ct"),
    body=GiftCard,
    idempotency="accepted",
    answers={200: Cart},
    problems=(
        *("gift-card-unknown", "gift-card-empty", "gift-card-other-currency"),
        *("cart-limit", "cart-ordered", "cart-frozen"),
    ),
)
def enter(request: ApiRequest, cart: str, *, body: GiftCard) -> Reply:
    """Let a gift card pay; `totals.due` is what is left to pay in another way.

    Nothing is taken from it before the cart is ordered. Wrong codes are limited.
    """
    name = own(request, cart)
    with plainly():
        try:
            service.enter_card(name, body.code)
        except UnknownGiftCard:
            raise because("gift-card-unknown", {}, "/code") from None
        except EmptyCard:
            raise because("gift-card-empty", {}, "/code") from None
        except OtherMoney as refusal:
            meta = {"currency": refusal.currency}
            raise because("gift-card-other-currency", meta, "/code") from None
        return reply(service.contents(name))


@endpoint(
    "DELETE",
    credentials=("cu", "ct"),
    idempotency="accepted",
    answers={200: Cart},
    problems=("cart-ordered", "cart-frozen"),
)
def clear(request: ApiRequest, cart: str) -> Reply:
    """Let no gift card pay any longer."""
    name = own(request, cart)
    with plainly():
        service.take_cards_out(name)
        return reply(service.contents(name))


@endpoint(
    "DELETE",
    credentials=("cu", "ct"),
    idempotency="accepted",
    answers={200: Cart},
    problems=("cart-ordered", "cart-frozen"),
)
def take_out(request: ApiRequest, cart: str, card: str) -> Reply:
    """Let a gift card pay no longer."""
    name, which = own(request, cart), ids.parse("card", card)
    with plainly():
        service.take_card_out(name, which)
        return reply(service.contents(name))
