"""Gift cards and store credit: issued by merchants, told to who has the code, read for quotes."""

import hashlib
import secrets
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from apps.pricing.domain.cart import Credit
from apps.pricing.domain.quotation import Quote as Found
from apps.pricing.interface import CardPayment, CartDraft, UnknownGiftCard
from apps.pricing.interface import GiftCard as Told
from apps.pricing.models import GiftCard
from commerce import postgres
from commerce.money import Money

MARKS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # https://www.crockford.com/base32.html
READ_AS = str.maketrans("OIL", "011", "- ")
LENGTH = 16  # marks of 5 bits each; the last four are shown, and the others are enough
GROUP = 4
FIND = """
SELECT id, hint, currency, balance_minor FROM pricing_giftcard
WHERE digest = %s AND is_live AND coalesce(until > now(), true)
"""
READ = """
SELECT id, hint, currency, balance_minor, is_live AND coalesce(until > now(), true)
FROM pricing_giftcard, (SELECT %s::uuid, %s::uuid[]) AS asked (by, cards)
WHERE customer = by OR customer IS NULL AND id = ANY(cards)
ORDER BY array_position(cards, id), id
"""


class Kept(NamedTuple):
    """A card as it is now."""

    id: UUID
    hint: str
    balance: Money
    good: bool

    def credit(self, currency: str) -> Credit:
        """Tell the engine what it can pay in a currency."""
        usable = self.good and self.balance.currency == currency
        return Credit(str(self.id), self.balance.minor if usable else 0)


def issue(
    amount: Money, *, until: datetime | None = None, customer: UUID | None = None, note: str = ""
) -> tuple[GiftCard, str]:
    """Issue a gift card and tell its code, this once; for a customer it is credit without a code.

    Raises ValueError for an amount that is nothing or less.
    """
    if amount.minor <= 0:
        raise ValueError(f"{amount.minor} is no amount to give away")
    code = "" if customer else "".join(secrets.choice(MARKS) for _ in range(LENGTH))
    card = GiftCard.objects.create(
        digest=digest(code) if code else None,
        hint=code[-GROUP:],
        currency=amount.currency,
        issued_minor=amount.minor,
        balance_minor=amount.minor,
        customer=customer,
        until=until,
        note=note,
    )
    return card, "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def find(code: str) -> Told:
    """Return the card with a code; one answer for all that nobody can spend."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, [digest(code)])
        found = cursor.fetchone()
    if found is None:
        raise UnknownGiftCard(code=code)
    card, hint, currency, minor = found
    return Told(card, hint, Money(minor, currency))


def digest(code: str) -> str:
    """Write a code so that nobody can read it; marks that look alike are the same."""
    plain = code.strip().upper().translate(READ_AS)
    return hashlib.sha256(plain.encode(errors="replace")).hexdigest()


def read(cart: CartDraft) -> tuple[Kept, ...]:
    """Return the cards of a cart in the order in which they pay, then its customer's credit."""
    if not (cart.gift_cards or cart.customer):
        return ()
    return tuple(
        Kept(card, hint, Money(minor, currency), good)
        for card, hint, currency, minor, good in postgres.ask(
            READ, cart.customer, list(cart.gift_cards)
        )
    )


def payments(found: Found, cards: tuple[Kept, ...]) -> tuple[CardPayment, ...]:
    """Tell what each card pays of a quote."""
    paid = {payment.key: payment.amount for payment in found.payments}
    code = found.currency.code
    return tuple(
        CardPayment(card.id, card.hint, Money(paid.get(str(card.id), 0), code), card.balance)
        for card in cards
    )
