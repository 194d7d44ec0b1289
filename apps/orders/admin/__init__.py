"""Orders as merchants see them: how today goes, and each order with its story."""

from .archive import ArchivedAdmin
from .order import OrderAdmin
from .today import today

__all__ = ["ArchivedAdmin", "OrderAdmin", "today"]
