"""What the payments context offers the others."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from apps.cart.interface import CartOrdered, UnknownCart
from commerce.money import Money
from commerce.services import Service, ServiceError, connect, operation


class Status(Enum):
    """Where a payment stands."""

    ACTION_REQUIRED = "action_required"  # the shopper has to confirm at the bank
    PENDING = "pending"  # the provider has not said yes or no; ask again
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    REFUSED = "refused"
    VOIDED = "voided"


@dataclass(frozen=True)
class Method:
    """A way to pay."""

    code: str
    name: dict[str, str]  # by locale
    note: dict[str, str]  # by locale


@dataclass(frozen=True)
class Session:
    """One attempt to pay for a cart; `action_url` is where the shopper confirms, if asked to."""

    id: UUID
    cart: UUID
    method: str
    status: Status
    amount: Money
    action_url: str | None = None
    reason: str = ""  # why it was refused
    captured: Money | None = None  # what was taken, once it was


class RefundStatus(Enum):
    """Where a refund stands."""

    PENDING = "pending"  # decided, and the provider has not said that it was made; it is asked on
    MADE = "made"
    REFUSED = "refused"  # by the provider, for `reason`; the amount can be given back otherwise


@dataclass(frozen=True)
class Refund:
    """Money given back for an order; `key` is the caller's name for it."""

    id: UUID
    session: UUID
    order: UUID | None
    key: str
    amount: Money
    status: RefundStatus
    reason: str = ""


@dataclass(frozen=True)
class OrderPayment:
    """What became of an order's money; `refunded` counts what is about to be given back, too."""

    session: UUID
    order: UUID | None
    method: str
    status: Status
    authorised: Money
    captured: Money
    refunded: Money
    refunds: tuple[Refund, ...] = ()

    @property
    def left(self) -> Money:
        """What can still be given back."""
        return self.captured - self.refunded


class UnknownSession(ServiceError):
    """There is no such payment session, or it belongs to another cart."""

    session: UUID


class UnknownMethod(ServiceError):
    """The shop does not take this way of paying."""

    method: str


class PaymentRefused(ServiceError):
    """The payment was refused; `reason` is a sentence for the shopper."""

    session: UUID
    reason: str


class PaymentUnfinished(ServiceError):
    """The shopper or the provider has not answered yet."""

    session: UUID
    action_url: str | None


class AmountDiffers(ServiceError):
    """The session authorises another amount than the order costs."""

    session: UUID
    authorised: Money
    due: Money


class RefundTooMuch(ServiceError):
    """More than is left of what was taken. Nothing was given back."""

    session: UUID
    left: Money


class RefundDiffers(ServiceError):
    """The key names a refund of another amount already."""

    session: UUID
    key: str


class Payments(Service):
    """Gets the money, exactly once, through whichever provider the merchant chose."""

    name = "payments"
    errors = (
        UnknownCart,
        CartOrdered,
        UnknownSession,
        UnknownMethod,
        PaymentRefused,
        PaymentUnfinished,
        AmountDiffers,
        RefundTooMuch,
        RefundDiffers,
    )

    @operation
    def methods(self, *, cart: UUID, due: Money | None = None) -> tuple[Method, ...]:
        """List the ways to pay what is due for this cart, or will be when all is chosen."""

    @operation
    def start(self, *, cart: UUID, method: str, return_url: str = "") -> Session:
        """Have what is due authorised; cart, method and amount have one live session."""

    @operation
    def session(self, *, session: UUID) -> Session:
        """Return a session as it stands, asking the provider if it is still pending."""

    @operation
    def bind(self, *, order: UUID, cart: UUID, session: UUID, amount: Money) -> Session:
        """Make an authorised session pay for an order, or say why it cannot."""

    @operation
    def capture(self, *, order: UUID) -> Session:
        """Take the money of an order once; a method that is paid later stays authorised."""

    @operation
    def settle(self, *, order: UUID) -> Session:
        """Note that the money of an order that is paid later has come; any other is captured."""

    @operation
    def void(self, *, order: UUID) -> None:
        """Give up an order's authorisation; nothing happens if there is none."""

    @operation
    def refund(self, *, order: UUID, amount: Money, key: str, why: str = "") -> Refund:
        """Give money of an order back; order and key name one refund, for ever."""

    @operation
    def payment(self, *, order: UUID) -> OrderPayment:
        """Return what was taken for an order and what was given back."""


payments = connect(Payments)
