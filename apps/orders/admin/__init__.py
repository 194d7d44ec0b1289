"""Orders as merchants see them: how today goes, and each order with its story."""

from .order import OrderAdmin
from .today import today

__all__ = ["OrderAdmin", "today"]
