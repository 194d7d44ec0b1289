"""What the workers tidy up among customers, without being told by a fact."""

from commerce.events.recurring import every

from .service import letters, sessions


@every(3600)
def forget(**later: object) -> None:
    """Drop sessions and letters that are over."""
    sessions.forget()
    letters.forget()
