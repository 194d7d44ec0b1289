"""The shelf as merchants see it: figures change by movements with a reason, never by hand."""

from .ledger import HoldAdmin, MovementAdmin
from .levels import LevelAdmin
from .locations import LocationAdmin
from .sales import SaleAdmin
from .terms import TermsAdmin
from .today import left, today
from .uploads import UploadAdmin

__all__ = [
    "HoldAdmin",
    "LevelAdmin",
    "LocationAdmin",
    "MovementAdmin",
    "SaleAdmin",
    "TermsAdmin",
    "UploadAdmin",
    "left",
    "today",
]
