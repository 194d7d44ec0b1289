"""Facts: what one context announces and others act on, each in its own time, once in effect."""

from .bell import bell
from .consumers import on, repeatable_on
from .facts import Event
from .outbox import Parcel, parcel, publish
from .pressure import Backlog, backlog

__all__ = [
    "Backlog",
    "Event",
    "Parcel",
    "backlog",
    "bell",
    "on",
    "parcel",
    "publish",
    "repeatable_on",
]
