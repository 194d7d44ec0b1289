"""Gift cards of a cart. It keeps which ones they are, and never their codes."""

from uuid import UUID

from msgspec.structs import replace

from apps.pricing.interface import pricing

from ..domain import Document, EmptyCard, OtherMoney
from . import guesses
from .change import make


def enter_card(cart: UUID, code: str) -> Document:
    """Let the gift card with a code pay for a cart.

    Raises UnknownGiftCard, EmptyCard, OtherMoney, TooMuch, and GuessedTooOften for somebody who
    has guessed a lot.
    """
    with guesses.counted(cart):
        card = pricing.gift_card(code=code)
    if not card.balance.minor:
        raise EmptyCard

    def paid(document: Document) -> Document:
        if card.balance.currency != document.currency:
            raise OtherMoney(card.balance.currency)
        return document.with_card(card.id)

    return make(cart, paid).document


def take_card_out(cart: UUID, card: UUID) -> Document:
    """Let a gift card pay no longer; one that does not is no reason to complain."""
    return make(cart, lambda document: document.without_card(card)).document


def take_cards_out(cart: UUID) -> Document:
    """Let no gift card pay any longer."""
    return make(cart, lambda document: replace(document, gift_cards=())).document
