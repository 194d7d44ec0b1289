"""Gets the money: one verb a file, and every step of it repeatable.

Providers are asked outside of any transaction. What they answer is written down afterwards by a
conditional change, so that dying in between costs nothing but asking again.
"""

from uuid import UUID

from apps.payments.interface import Method, OrderPayment, Payments, Refund, Session
from commerce.money import Money
from commerce.services import light

from .bind import bind
from .find import find
from .learn import UnknownProvider, learn, named, take_notice
from .offer import methods
from .reconcile import reconcile_due
from .refund import payment, refund
from .refund import pursue_all as pursue_refunds
from .release import void
from .start import start
from .take import capture, settle

__all__ = [
    "PaymentsService",
    "UnknownProvider",
    "learn",
    "named",
    "pursue_refunds",
    "reconcile_due",
    "take_notice",
]


class PaymentsService(Payments):
    """Asks the providers of settings.PAYMENT_PROVIDERS and keeps what they say."""

    def methods(self, *, cart: UUID, due: Money | None = None) -> tuple[Method, ...]:
        return methods(cart, due)

    @light
    def start(self, *, cart: UUID, method: str, return_url: str = "") -> Session:
        return start(cart, method, return_url)

    @light
    def session(self, *, session: UUID) -> Session:
        return find(session)

    @light
    def bind(self, *, order: UUID, cart: UUID, session: UUID, amount: Money) -> Session:
        return bind(order, cart, session, amount)

    def capture(self, *, order: UUID) -> Session:
        return capture(order)

    def settle(self, *, order: UUID) -> Session:
        return settle(order)

    def void(self, *, order: UUID) -> None:
        void(order)

    def refund(self, *, order: UUID, amount: Money, key: str, why: str = "") -> Refund:
        return refund(order, amount, key, why)

    def payment(self, *, order: UUID) -> OrderPayment:
        return payment(order)
