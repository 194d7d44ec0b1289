"""What can happen to an order once it is real: which state of it may follow which, and why not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from ..interface import Delivery, ShipmentState

State = TypeVar("State", bound=Enum)

DELIVERY_NEXT: dict[Delivery, frozenset[Delivery]] = {
    Delivery.OPEN: frozenset({Delivery.PART_SHIPPED, Delivery.SHIPPED}),
    Delivery.PART_SHIPPED: frozenset({Delivery.SHIPPED, Delivery.DELIVERED, Delivery.RETURNED}),
    Delivery.SHIPPED: frozenset({Delivery.DELIVERED, Delivery.RETURNED}),
    Delivery.DELIVERED: frozenset({Delivery.RETURNED}),
    Delivery.RETURNED: frozenset(),
}
SHIPMENT_NEXT: dict[ShipmentState, frozenset[ShipmentState]] = {
    ShipmentState.PACKED: frozenset({ShipmentState.LEAVING, ShipmentState.UNPACKED}),
    ShipmentState.LEAVING: frozenset({ShipmentState.SHIPPED, ShipmentState.PACKED}),
    ShipmentState.SHIPPED: frozenset({ShipmentState.DELIVERED}),
    ShipmentState.DELIVERED: frozenset(),
    ShipmentState.UNPACKED: frozenset(),
}
UNDERWAY = frozenset({ShipmentState.PACKED, ShipmentState.LEAVING, ShipmentState.SHIPPED})


class Refusal(Enum):
    """Why an order cannot be changed as somebody wishes. Nothing was moved."""

    ON_HOLD = "order-on-hold"
    NOT_READY = "order-not-ready"  # its money is neither there nor promised
    OVER = "order-over"  # cancelled, or never accepted
    TOO_MANY = "quantity-too-high"
    GOODS_MISSING = "goods-missing"
    SHIPMENT_GONE = "shipment-gone"  # it has left, or was unpacked
    PACKED = "order-packed"  # a parcel is packed: it has to be unpacked first
    SHIPPED = "order-shipped"
    MONEY_MOVES = "payment-moving"
    NOTHING_LEFT = "order-empty"  # that would be a cancellation of the whole
    NOTHING_CHANGES = "edit-empty"
    OTHER_COUNTRY = "address-country"
    CHANGED = "order-changed"  # since it was looked at
    TOO_MUCH = "refund-too-high"
    RETURN_GONE = "return-gone"  # it stands elsewhere


class NotAllowed(Exception):
    """An order cannot be changed like this as it stands; `meta` tells a program more."""

    def __init__(self, refusal: Refusal, **meta: Any) -> None:
        self.refusal, self.meta = refusal, meta
        super().__init__(refusal.value)


class ForbiddenStep(Exception):
    """A table knows no such step: a defect of the caller."""


class UnknownShipment(Exception):
    """The order has no such shipment, return or edit."""


LINK = r"^https?://[^\s\x00-\x1f<>\"']{1,1000}$"  # what a shopper may be led to


@dataclass(frozen=True)
class Tracking:
    """How a shipment travels; the link is where its way can be followed."""

    carrier: str = ""
    number: str = ""
    link: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.carrier, self.number)))


Goods = Mapping[int, int]  # so many units of the lines at these positions


def allowed(table: Mapping[State, frozenset[State]], before: State, after: State) -> bool:
    """Tell whether a table knows a step."""
    return after in table[before]


def before(table: Mapping[State, frozenset[State]], after: State) -> list[str]:
    """List the states from which a table leads to another."""
    return sorted(state.value for state, later in table.items() if after in later)


def delivery_of(*, left: int, sent: int, back: int, underway: bool) -> Delivery:
    """Say how far an order's goods are: units not sent yet, sent, and returned."""
    if not sent:
        return Delivery.OPEN
    if back == sent and not left:
        return Delivery.RETURNED
    if left:
        return Delivery.PART_SHIPPED
    return Delivery.SHIPPED if underway else Delivery.DELIVERED


def units(goods: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Add up units by position; what is nothing is left out."""
    total: dict[int, int] = {}
    for position, quantity in goods:
        total[position] = total.get(position, 0) + quantity
    return {position: many for position, many in sorted(total.items()) if many}
