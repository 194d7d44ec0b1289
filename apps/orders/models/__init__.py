"""Orders as they are kept, and everything that belongs to one."""

from .archive import Archived
from .grants import Grant
from .invoices import Invoice, InvoiceSeries
from .order import Effect, Event, Line, NextNumber, Order
from .refunds import Edit, Refund, Return
from .shipments import Shipment, ShipmentLine

__all__ = [
    "Archived",
    "Edit",
    "Effect",
    "Event",
    "Grant",
    "Invoice",
    "InvoiceSeries",
    "Line",
    "NextNumber",
    "Order",
    "Refund",
    "Return",
    "Shipment",
    "ShipmentLine",
]
