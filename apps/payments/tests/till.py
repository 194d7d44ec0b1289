"""The neighbours of payments: a cart that costs what a test says, and banks that misbehave."""

import os
import signal

from apps.cart.interface import Contents, State, UnknownCart
from apps.payments.domain import NoAnswer, Refunded
from apps.payments.interface import RefundStatus, payments
from apps.payments.providers.bank import Bank
from apps.pricing.interface import CardPayment, Quote
from commerce import ids
from commerce.money import Money

CARTS: dict = {}
SERVICES = {"cart": {"BACKEND": "apps.payments.tests.till.TillCart"}}
LOCATION = "apps.payments.tests.till"


class TillCart:
    def contents(self, *, cart):
        if cart not in CARTS:
            raise UnknownCart(cart=cart)
        return CARTS[cart]


def cart_of(amount, *, cart=None, order=None, locale="en", card="0"):
    """Fill a cart until it costs so much, of which a gift card pays some; with an order it cannot
    change any more.
    """
    grand, cart = Money.of(amount, "EUR"), cart or ids.new()
    paid = CardPayment(ids.new(), "F3K9", Money.of(card, "EUR"), Money.of(card, "EUR"))
    CARTS[cart] = Contents(
        id=cart,
        version=1,
        state=State.ORDERED if order else State.OPEN,
        currency="EUR",
        locale=locale,
        lines=(),
        quote=Quote((), grand, Money.zero("EUR"), Money.zero("EUR"), grand, cards=(paid,)),
        order=order,
    )
    return cart


class Killed(BaseException):
    """What kill -9 looks like from inside: nobody answers it."""


class BankBeforeACrash(Bank):
    """The money is taken, and the shop dies before it can write that down."""

    def capture(self, payment, amount, *, key):
        super().capture(payment, amount, key=key)
        raise Killed


class MuteBank(Bank):
    """Takes the money and does not say so."""

    def capture(self, payment, amount, *, key):
        super().capture(payment, amount, key=key)
        raise NoAnswer

    def void(self, payment, *, key):
        super().void(payment, key=key)
        raise NoAnswer


class DeadBank(Bank):
    """Never hears anything."""

    def authorise(self, payment):
        raise NoAnswer

    def find(self, payment):
        raise NoAnswer


class BankBeforeAKill(Bank):
    """The money is taken, and the process is killed before it can write that down."""

    def capture(self, payment, amount, *, key):
        super().capture(payment, amount, key=key)
        os.kill(os.getpid(), signal.SIGKILL)


class RefusingBank(Bank):
    """Gives nothing back."""

    def refund(self, payment, amount, *, key):
        return Refunded(RefundStatus.REFUSED, "The account is closed.")


def paid_order(amount="10", method="test"):
    """Return an order whose money was taken, and its session."""
    session, order = payments.start(cart=cart_of(amount), method=method), ids.new()
    payments.bind(order=order, cart=session.cart, session=session.id, amount=session.amount)
    payments.settle(order=order)
    return order, session
