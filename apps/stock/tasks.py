"""What the workers tidy up in the stock, without being told by a fact."""

from commerce.events.recurring import every

from . import service
from .service import alerts, low, uploads

AT_A_TIME = 30  # seconds; a worker's task may take 45


@every(60)
def sweep(**later: object) -> None:
    """Put back what carts let lapse long ago."""
    service.sweep()


@every(30)
def look_what_is_low(**later: object) -> None:
    """Announce what few units are left of."""
    low.look()


@every(5)
def make_uploads(**later: object) -> None:
    """Make the sheets that merchants have released."""
    uploads.make_released(seconds=AT_A_TIME)


@every(3600)
def forget_uploads(**later: object) -> None:
    """Drop sheets of last month."""
    uploads.forget()


@every(20)
def announce(**later: object) -> None:
    """Announce what is back of all that somebody waits for."""
    alerts.announce()


@every(3600)
def forget_alerts(**later: object) -> None:
    """Drop alerts of half a year ago."""
    alerts.forget()
