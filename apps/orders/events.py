"""What happens in the orders context."""

from dataclasses import dataclass
from uuid import UUID

from commerce.events import Event


@dataclass(frozen=True)
class OrderAccepted(Event):
    """An order was promised to a shopper; what takes time can begin."""

    order: UUID

    @property
    def aggregate(self) -> str:
        """An order's facts are handed over in order."""
        return str(self.order)


@dataclass(frozen=True)
class OrderPlaced(Event):
    """A worker has confirmed the order."""

    order: UUID

    @property
    def aggregate(self) -> str:
        """An order's facts are handed over in order."""
        return str(self.order)


@dataclass(frozen=True)
class OrderPaid(Event):
    """The order's money has been taken."""

    order: UUID

    @property
    def aggregate(self) -> str:
        """An order's facts are handed over in order."""
        return str(self.order)


@dataclass(frozen=True)
class OrderCancelled(Event):
    """The order will not be fulfilled; its goods are free again."""

    order: UUID

    @property
    def aggregate(self) -> str:
        """An order's facts are handed over in order."""
        return str(self.order)


@dataclass(frozen=True)
class ShipmentLeaving(Event):
    """A parcel is being handed over; its goods have to leave the shelf."""

    order: UUID
    shipment: UUID

    @property
    def aggregate(self) -> str:
        """An order's facts are handed over in order."""
        return str(self.order)


@dataclass(frozen=True)
class OrderShipped(Event):
    """A parcel of the order is on its way."""

    order: UUID
    shipment: UUID

    @property
    def aggregate(self) -> str:
        """An order's facts are handed over in order."""
        return str(self.order)


@dataclass(frozen=True)
class OrderDelivered(Event):
    """A parcel of the order has arrived."""

    order: UUID
    shipment: UUID

    @property
    def aggregate(self) -> str:
        """An order's facts are handed over in order."""
        return str(self.order)


@dataclass(frozen=True)
class OrderEdited(Event):
    """Some of the order will not be sent, or it goes elsewhere."""

    order: UUID
    edit: UUID

    @property
    def aggregate(self) -> str:
        """An order's facts are handed over in order."""
        return str(self.order)


@dataclass(frozen=True)
class RefundDue(Event):
    """Money of the order is to be given back."""

    order: UUID
    refund: UUID

    @property
    def aggregate(self) -> str:
        """An order's facts are handed over in order."""
        return str(self.order)


@dataclass(frozen=True)
class ReturnApproved(Event):
    """The customer may send goods back."""

    order: UUID
    parcel: UUID

    @property
    def aggregate(self) -> str:
        """An order's facts are handed over in order."""
        return str(self.order)


@dataclass(frozen=True)
class ReturnReceived(Event):
    """Goods have come back."""

    order: UUID
    parcel: UUID

    @property
    def aggregate(self) -> str:
        """An order's facts are handed over in order."""
        return str(self.order)
