"""Facts: what one context announces and others act on, each in its own time, once in effect."""

from .bell import bell
from .consumers import on, repeatable_on, repeatable_on_many
from .facts import Event
from .outbox import Parcel, parcel, publish
from .pending import Pending, pending, unsettled
from .pressure import Backlog, backlog

__all__ = [
    "Backlog",
    "Event",
    "Parcel",
    "Pending",
    "backlog",
    "bell",
    "on",
    "parcel",
    "pending",
    "publish",
    "repeatable_on",
    "repeatable_on_many",
    "unsettled",
]
