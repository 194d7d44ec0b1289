"""Neighbours that kill whoever asks them, before or after they have done what they were asked."""

from typing import Any
from uuid import UUID

from apps.payments.interface import Session
from apps.payments.service import PaymentsService
from apps.stock.service import StockService
from commerce.money import Money


class Killed(BaseException):
    """What kill -9 looks like from inside: nobody answers it."""


class KilledAfterGoods(StockService):
    """Gives the goods, and takes the asker's life."""

    def commit(self, **arguments: Any) -> None:
        super().commit(**arguments)
        raise Killed


class KilledBeforeGoods(StockService):
    """Takes the asker's life at once."""

    def commit(self, **arguments: Any) -> None:
        raise Killed


class KilledAfterMoney(PaymentsService):
    """Binds the payment, and takes the asker's life."""

    def bind(self, *, order: UUID, cart: UUID, session: UUID, amount: Money) -> Session:
        super().bind(order=order, cart=cart, session=session, amount=amount)
        raise Killed
