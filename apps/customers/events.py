"""What happens in the customers context."""

from dataclasses import dataclass
from uuid import UUID

from commerce.events import Event


@dataclass(frozen=True)
class LetterAsked(Event):
    """Somebody asked for a mail with a link; to whom it goes stays where it is kept."""

    letter: UUID

    @property
    def aggregate(self) -> str:
        """No letter waits for another."""
        return str(self.letter)
