"""How a promotion stands at a moment."""

from datetime import datetime
from enum import Enum

from .period import Period


class Standing(Enum):
    """Whether a promotion works, or why it does not."""

    DRAFT = "draft"  # never used, and not live
    ENDED = "ended"  # switched off after it was used
    COMING = "coming"  # live, and begins later
    LIVE = "live"
    OVER = "over"  # its time has passed
    USED_UP = "used-up"  # its limit or budget is reached


def standing(*, live: bool, period: Period, now: datetime, used: bool, used_up: bool) -> Standing:
    """Tell how a promotion stands."""
    if not live:
        return Standing.ENDED if used else Standing.DRAFT
    if period.until is not None and period.until <= now:
        return Standing.OVER
    if used_up:
        return Standing.USED_UP
    return Standing.LIVE if period.holds(now) else Standing.COMING
