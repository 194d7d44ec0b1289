"""What clients send about orders and what they get."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec

from apps.customers.interface import Address
from commerce import ids
from commerce.money import Money
from commerce.rest.pagination import Cursor
from commerce.rest.problems import Problem, ProblemError

from ..domain import Wish
from ..interface import HistoryEntry, Order, OrderLine, Refund, Return, Shipment

Id = Annotated[str, msgspec.Meta(max_length=64)]
Amount = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,3})?$")]
Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount of money."""

    amount: Amount
    currency: Currency


class WishBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """This version of this cart, for this total, paid by this session."""

    cart_id: Id
    cart_version: Annotated[int, msgspec.Meta(ge=0, le=2**31)]
    expected_total: Price
    payment_session: Id | None = None


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """How long to wait for the workers, in seconds."""

    wait: Annotated[int, msgspec.Meta(ge=0, le=30)] = 0


class Verdict(msgspec.Struct, frozen=True):
    """Nothing stands in the way of the order."""

    ok: bool


class Accepted(msgspec.Struct, frozen=True):
    """The order is promised and its number final."""

    id: str
    number: str
    status: str


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Something bought, at the price it was bought at; `line` is its name in the order."""

    line: int
    sku: str
    name: str
    options: dict[str, str]
    quantity: int
    unit: Price
    total: Price
    tax: Price
    cancelled: int
    packed: int
    shipped: int
    returned: int


class Reduction(msgspec.Struct, frozen=True):
    """What a promotion took off; line totals and `totals` are without it already."""

    promotion: str
    name: str
    amount: Price


class Card(msgspec.Struct, frozen=True):
    """What a gift card has paid, by the end of its code."""

    hint: str
    pays: Price


class Totals(msgspec.Struct, frozen=True):
    """What the order costs after discounts; prices contain tax.

    `due` is what the payment is for: what is left of `grand` when gift cards have paid.
    """

    subtotal: Price
    shipping: Price
    tax: Price
    grand: Price
    due: Price


class Units(msgspec.Struct, frozen=True):
    """So many units of a line."""

    line: int
    quantity: int


class Fulfillment(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel: what is in it, where it stands, and how its way can be followed."""

    id: str
    number: str
    status: str
    items: list[Units]
    carrier: str
    tracking_number: str
    tracking_url: str
    packed_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None


class ReturnBody(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that come back: what was announced, and what of it has come."""

    id: str
    number: str
    status: str
    items: list[Units]
    received: list[Units]
    reason: str
    requested_at: datetime


class RefundBody(msgspec.Struct, frozen=True, kw_only=True):
    """Money given back; `due` until the provider has made it."""

    id: str
    amount: Price
    status: str
    cause: str
    reason: str
    at: datetime


class OrderBody(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it stands.

    `status` says all in one word; `payment` and `fulfillment` tell the two apart.
    """

    id: str
    number: str
    status: str
    version: int
    accepted_at: datetime | None
    email: str
    locale: str
    currency: str
    items: list[Item]
    coupons: list[str]
    discounts: list[Reduction]
    gift_cards: list[Card]
    totals: Totals
    shipping_address: Address | None
    payment: str
    fulfillment: str
    on_hold: bool
    fulfillments: list[Fulfillment]
    returns: list[ReturnBody]
    refunds: list[RefundBody]
    refunded: Price


class OrderList(msgspec.Struct, frozen=True):
    """A page of a customer's orders."""

    data: list[OrderBody]
    page: Cursor


class Step(msgspec.Struct, frozen=True):
    """One step of an order's story: when, who, what, and why."""

    at: datetime
    actor: str
    what: str
    why: str


class Page(msgspec.Struct, frozen=True):
    """Where the list goes on."""

    next: str | None = None
    has_more: bool = False


class Story(msgspec.Struct, frozen=True):
    """The whole story of an order, oldest step first."""

    data: list[Step]
    page: Page = Page()


def wish_of(body: WishBody) -> Wish:
    """Read what is wished; UnknownId when the cart's id cannot name one."""
    return Wish(
        cart=ids.parse("cart", body.cart_id),
        cart_version=body.cart_version,
        expected_total=money(body.expected_total),
        payment_session=session_of(body.payment_session) if body.payment_session else None,
    )


def session_of(text: str) -> UUID:
    """Read the id of a payment session."""
    try:
        return ids.parse("pay", text)
    except ids.UnknownId as problem:
        error = ProblemError(code="invalid-value", pointer="/payment_session", detail=f"{problem}.")
        raise Problem("body-invalid", errors=[error]) from None


def money(price: Price, where: str = "/expected_total") -> Money:
    """Read an amount; one finer than the currency's smallest unit is no amount."""
    read = Money.of(price.amount, price.currency)
    if read.amount != Decimal(price.amount):
        detail = f"{price.currency} has no such fraction."
        error = ProblemError(code="invalid-value", pointer=f"{where}/amount", detail=detail)
        raise Problem("body-invalid", errors=[error])
    return read


def price(money: Money) -> Price:
    """Write an amount."""
    return Price(**money.to_json())


def order_body(order: Order) -> OrderBody:
    """Write an order."""
    return OrderBody(
        id=ids.public("ord", order.id),
        number=order.number,
        status=order.standing,
        version=order.version,
        accepted_at=order.accepted_at,
        email=order.email,
        locale=order.locale,
        currency=order.currency,
        items=[item(line) for line in order.lines],
        coupons=list(order.coupons),
        discounts=[Reduction(d.promotion, d.name, price(d.amount)) for d in order.discounts],
        gift_cards=[Card(paid.hint, price(paid.amount)) for paid in order.cards],
        totals=totals(order),
        shipping_address=order.address,
        payment=order.payment.value,
        fulfillment=order.delivery.value,
        on_hold=order.on_hold,
        fulfillments=[fulfillment(each) for each in order.shipments],
        returns=[return_body(each) for each in order.returns],
        refunds=[refund_body(each) for each in order.refunds],
        refunded=price(order.refunded),
    )


def return_body(found: Return) -> ReturnBody:
    """Write a return."""
    return ReturnBody(
        id=ids.public("ret", found.id),
        number=found.number,
        status=found.state.value,
        items=[Units(each.position, each.quantity) for each in found.goods],
        received=[Units(each.position, each.quantity) for each in found.received],
        reason=found.why,
        requested_at=found.requested_at,
    )


def refund_body(refund: Refund) -> RefundBody:
    """Write money given back."""
    return RefundBody(
        id=ids.public("ref", refund.id),
        amount=price(refund.amount),
        status=refund.state.value,
        cause=refund.cause,
        reason=refund.why,
        at=refund.at,
    )


def fulfillment(parcel: Shipment) -> Fulfillment:
    """Write a parcel."""
    return Fulfillment(
        id=ids.public("ful", parcel.id),
        number=parcel.number,
        status=parcel.state.value,
        items=[Units(each.position, each.quantity) for each in parcel.goods],
        carrier=parcel.carrier,
        tracking_number=parcel.tracking,
        tracking_url=parcel.link,
        packed_at=parcel.packed_at,
        shipped_at=parcel.shipped_at,
        delivered_at=parcel.delivered_at,
    )


def totals(order: Order) -> Totals:
    """Write what an order costs."""
    figures = (order.subtotal, order.shipping, order.tax, order.grand, order.due)
    return Totals(*map(price, figures))


def item(line: OrderLine) -> Item:
    """Write a line."""
    return Item(
        line=line.position,
        sku=line.sku,
        name=line.name,
        options=line.options,
        quantity=line.quantity,
        unit=price(line.unit),
        total=price(line.total),
        tax=price(line.tax),
        cancelled=line.cancelled,
        packed=line.packed,
        shipped=line.shipped,
        returned=line.returned,
    )


def story(history: tuple[HistoryEntry, ...]) -> Story:
    """Write an order's story; who of the merchant's people acted stays in the house."""
    return Story([Step(h.at, h.actor.partition(":")[0], h.what, h.why) for h in history])
