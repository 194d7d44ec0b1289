"""What happens in the orders context."""

from dataclasses import dataclass
from uuid import UUID

from commerce.events import Event


@dataclass(frozen=True)
class OfOrder:
    """What every fact about an order says."""

    order: UUID

    @property
    def aggregate(self) -> str:
        """An order's facts are handed over in order."""
        return str(self.order)


@dataclass(frozen=True)
class OrderAccepted(OfOrder, Event):
    """An order was promised to a shopper; what takes time can begin."""


@dataclass(frozen=True)
class OrderPlaced(OfOrder, Event):
    """A worker has confirmed the order."""


@dataclass(frozen=True)
class OrderPaid(OfOrder, Event):
    """The order's money has been taken."""


@dataclass(frozen=True)
class OrderCancelled(OfOrder, Event):
    """The order will not be fulfilled; its goods are free again."""


@dataclass(frozen=True)
class ShipmentLeaving(OfOrder, Event):
    """A parcel is being handed over; its goods have to leave the shelf."""

    shipment: UUID


@dataclass(frozen=True)
class OrderShipped(OfOrder, Event):
    """A parcel of the order is on its way."""

    shipment: UUID


@dataclass(frozen=True)
class OrderDelivered(OfOrder, Event):
    """A parcel of the order has arrived."""

    shipment: UUID


@dataclass(frozen=True)
class OrderEdited(OfOrder, Event):
    """Some of the order will not be sent, or it goes elsewhere."""

    edit: UUID


@dataclass(frozen=True)
class RefundDue(OfOrder, Event):
    """Money of the order is to be given back."""

    refund: UUID


@dataclass(frozen=True)
class ReturnApproved(OfOrder, Event):
    """The customer may send goods back."""

    parcel: UUID


@dataclass(frozen=True)
class ReturnReceived(OfOrder, Event):
    """Goods have come back."""

    parcel: UUID
