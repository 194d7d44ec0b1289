"""What the workers tidy up among prices."""

from commerce.events.recurring import every

from .service import history


@every(86_400)
def forget_prices(**later: object) -> None:
    """Drop what prices were longer ago than anybody asks."""
    history.forget()
