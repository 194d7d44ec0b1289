"""What reading a file brings to light."""

from dataclasses import dataclass, field

from apps.catalog.interface import Attribute, Category, Picture, ProductClass, ProductDraft
from apps.pricing.interface import Price


class Unusable(Exception):
    """The file as a whole cannot be read; the sentence says what to do."""


@dataclass(frozen=True)
class Finding:
    """Something to tell about a line: a reason why it is left out, or a note if it is not bad."""

    line: int
    key: str
    reason: str
    bad: bool = True


@dataclass(frozen=True)
class PictureFile:
    """A picture by its path below the folder of pictures."""

    file: str
    alt: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A product with everything the file says about it beside the draft.

    Without a draft only prices and counts change. A count of None means that nobody counts the SKU.
    `kept` are the pictures it has now, which stay if none of the files is there.
    """

    line: int
    key: str
    draft: ProductDraft | None
    prices: tuple[Price, ...] = ()
    counts: dict[str, int | None] = field(default_factory=dict)
    pictures: tuple[PictureFile, ...] = ()
    kept: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Words:
    """The words of a category, an attribute or a product class."""

    line: int
    category: Category | None = None
    attribute: Attribute | None = None
    product_class: ProductClass | None = None


Item = Entry | Words | Finding


def fold(code: str) -> str:
    """Write a SKU, key or column so that case makes no difference."""
    return code.strip().upper().casefold()
