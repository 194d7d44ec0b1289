"""Identifiers that cannot be guessed, sort by time, and say in public what they name.

Inside, an id is a UUID whose bits are those of a ULID (https://github.com/ulid/spec). Outside it
is written as `cart_01J9...`: a prefix and the ULID's 26 characters.
"""

import os
import re
import time
from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
PYTHONS = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")
PAIRS = [one + other for one in ALPHABET for other in ALPHABET]
ULID = re.compile(f"[0-7][{ALPHABET}]{{25}}")


class UnknownId(ValueError):
    """The text is no id of the expected kind, so it cannot name anything."""


def new() -> UUID:
    """Make an id: 48 bits of milliseconds, then 80 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    return UUID(bytes=milliseconds.to_bytes(6, "big") + os.urandom(10))


def public(prefix: str, value: UUID) -> str:
    """Write an id for the outside: `public("cart", id)` gives `cart_01J9...`."""
    number = value.int
    pairs = [PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)]
    return f"{prefix}_{''.join(pairs)}"


def parse(prefix: str, text: str) -> UUID:
    """Read what `public` wrote; raises UnknownId for everything else."""
    kind, _, letters = text.partition("_")
    if kind != prefix or not ULID.fullmatch(letters):
        raise UnknownId(f"{text[:60]!r} is not the id of a {prefix}")
    return UUID(int=int(letters.translate(PYTHONS), 32))
