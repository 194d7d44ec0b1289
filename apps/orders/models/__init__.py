"""Orders as they are kept, and everything that belongs to one."""

from .order import Effect, Event, Line, NextNumber, Order
from .shipments import Shipment, ShipmentLine

__all__ = ["Effect", "Event", "Line", "NextNumber", "Order", "Shipment", "ShipmentLine"]
