"""What the workers tidy up in the stock, without being told by a fact."""

from commerce.events.recurring import every

from . import service


@every(60)
def sweep(**later: object) -> None:
    """Put back what carts let lapse long ago."""
    service.sweep()
