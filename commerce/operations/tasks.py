"""What the workers do of operations, and what they drop."""

from commerce.events.recurring import every

from . import service

AT_A_TIME = 30  # seconds; a worker's task may take 45


@every(2)
def go_on(**later: object) -> None:
    """Go on with what was begun."""
    service.go_on(seconds=AT_A_TIME)


@every(3600)
def forget(**later: object) -> None:
    """Drop what ended long ago."""
    service.forget()
