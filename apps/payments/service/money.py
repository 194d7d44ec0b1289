"""What merchants and partners do with one payment: each by its session, each repeatable."""

from uuid import UUID

from apps.payments import interface
from apps.payments.interface import OrderPayment, Status, UnknownSession
from apps.payments.models import Session
from commerce.money import Money

from .refund import give_back, told
from .refund import shown as shown_refund
from .release import give_up_session
from .take import WithoutOrder, capture_part

__all__ = ["NotGivenUp", "WithoutOrder", "capture", "payment", "refund", "void"]


class NotGivenUp(Exception):
    """The money was taken, or the payment was refused: there is nothing to give up."""


def payment(session: UUID) -> OrderPayment:
    """Return what became of a session's money; raises UnknownSession."""
    return told(found(session))


def capture(session: UUID, amount: Money | None) -> None:
    """Take all or a part; raises AmountDiffers, PaymentRefused or WithoutOrder."""
    row = found(session)
    capture_part(row, row.amount if amount is None else amount)


def void(session: UUID) -> None:
    """Give up what was set aside; raises NotGivenUp."""
    row = found(session)
    give_up_session(row)
    if row.state is not Status.VOIDED:
        raise NotGivenUp


def refund(session: UUID, amount: Money, *, key: str, why: str) -> interface.Refund:
    """Give back something of what was taken; raises RefundTooMuch or RefundDiffers."""
    return shown_refund(give_back(found(session), amount, key=key, why=why))


def found(session: UUID) -> Session:
    """Return a session's row."""
    row = Session.objects.filter(pk=session).first()
    if row is None:
        raise UnknownSession(session=session)
    return row
