"""Attempts to pay, what was given back, our books of both, and what is heard from providers."""

from .books import Entry, Posting
from .far import BankEntry, ProviderNotice
from .looks import Difference, Reconciliation
from .sessions import Refund, Session

__all__ = [
    "BankEntry",
    "Difference",
    "Entry",
    "Posting",
    "ProviderNotice",
    "Reconciliation",
    "Refund",
    "Session",
]
