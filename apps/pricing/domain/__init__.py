"""The rules of prices: one engine prices carts (`engine.price`), and shelves tell what is left.

What the engine does in which order, and where shops differ: docs/pricing.md.
"""

from .availability import Supply, complete, supply
from .engine import price
from .tariffs import Tariff, options
from .taxes import STANDARD, plain, rate_for

__all__ = [
    "STANDARD",
    "Supply",
    "Tariff",
    "complete",
    "options",
    "plain",
    "price",
    "rate_for",
    "supply",
]
