"""What is to be imported, and who wants to see how far it is."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from .desk import Rehearsal

Watch = Callable[[str, int, int], None]  # what is being done, how much of it, of how much


@dataclass(frozen=True)
class Job:
    """What to import, and how the file is to be understood."""

    path: Path
    format: str
    currency: str
    separator: str
    values_separator: str
    image_folder: Path | None
    desk: type[Rehearsal]  # Saving, or Rehearsal to change nothing
    combinations: Path | None = None  # of PrestaShop
    categories: Path | None = None  # of PrestaShop
    tax: Decimal = Decimal(0)  # per cent that is put on PrestaShop's prices without tax
