"""Orders as they are kept, and everything that belongs to one."""

from .archive import Archived
from .invoices import Invoice, InvoiceSeries
from .order import Effect, Event, Line, NextNumber, Order
from .refunds import Edit, Refund, Return
from .shipments import Shipment, ShipmentLine

__all__ = [
    "Archived",
    "Edit",
    "Effect",
    "Event",
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
