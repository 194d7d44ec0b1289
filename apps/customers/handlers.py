"""What the customers context does about its own facts."""

from commerce.events import repeatable_on

from .events import LetterAsked
from .service import letters


@repeatable_on(LetterAsked)
def send_letter(fact: LetterAsked) -> None:
    """Send the letter; at worst twice, with the same link."""
    letters.send(fact.letter)
