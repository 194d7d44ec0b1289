"""What the orders workers do without being told by a fact."""

from commerce.events.recurring import every

from . import service


@every(5, queue="orders")
def recover(**later: object) -> None:
    """End what was begun and never decided."""
    service.recover()


@every(3600)
def archive(**later: object) -> None:
    """Move orders that were finished long ago out of the way."""
    service.archive_finished()
