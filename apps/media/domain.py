"""Which pictures are taken, and in which sizes they are shown."""

from hashlib import sha256

WIDTHS = (160, 320, 640, 1280)  # pixels
MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 40_000_000


def key_of(content: bytes) -> str:
    """Name a picture by what it is made of."""
    return sha256(content).hexdigest()[:32]


def widths_for(width: int) -> tuple[int, ...]:
    """The widths to make: never larger than the picture, and always at least one."""
    largest = min(width, WIDTHS[-1])
    return (*(w for w in WIDTHS if w < largest), largest)


def nearest(wanted: int, width: int) -> int:
    """The smallest width made for a picture that is not below the wanted one."""
    made = widths_for(width)
    return next((w for w in made if w >= wanted), made[-1])


def path(key: str, width: int) -> str:
    """Where a rendition lies in the storage."""
    return f"{key[:2]}/{key}/{width}.webp"
