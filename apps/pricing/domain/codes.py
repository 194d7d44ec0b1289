"""How coupon codes are written that nobody guesses and everybody can type."""

LETTERS = "BCDFGHJKMNPQRSTVWXYZ23456789"  # none looks like another, and no vowel makes a word
LENGTH = 12  # 57 bits
GROUP = 4
CODES = len(LETTERS) ** LENGTH


def code(number: int, prefix: str = "") -> str:
    """Write a number below CODES as a code in groups: "MAY-7KQX-2BCD-9WMZ"."""
    written = []
    for _ in range(LENGTH):
        number, letter = divmod(number, len(LETTERS))
        written.append(LETTERS[letter])
    groups = ("".join(written[start : start + GROUP]) for start in range(0, LENGTH, GROUP))
    return "-".join((*([prefix] if prefix else []), *groups))
