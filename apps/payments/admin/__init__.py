"""Payments, as merchants look into them: each with its story, and where books differ."""

from .differences import DifferenceAdmin, ReconciliationAdmin
from .payments import SessionAdmin
from .today import today

__all__ = ["DifferenceAdmin", "ReconciliationAdmin", "SessionAdmin", "today"]
