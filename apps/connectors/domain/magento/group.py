"""All rows that speak of one product, laid over one another."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from apps.connectors.domain.findings import fold
from apps.connectors.domain.table import Row

from .rows import Terms, read


class Unfit(ValueError):
    """The rows do not make a product; the message is a sentence."""


@dataclass(frozen=True)
class Sheet:
    """What the rows of one SKU say: values for all languages, texts in some."""

    line: int
    sku: str
    cells: dict[str, str]
    texts: dict[str, dict[str, str]]  # by locale, then by column
    terms: Terms

    def __contains__(self, column: str) -> bool:
        return column in self.cells

    def __getitem__(self, column: str) -> Any:
        return read(column, self.cells[column], self.terms)

    def get(self, column: str, default: Any) -> Any:
        """Return what a cell holds, if there is one."""
        return self[column] if column in self else default  # noqa: SIM401

    def text(self, column: str, default: str = "") -> str:
        """Return a cell as it is written."""
        return self.cells.get(column, default)

    def translations(self, column: str) -> dict[str, str]:
        """Return what a column says in each language."""
        said = {locale: cells.get(column, "") for locale, cells in self.texts.items()}
        return {locale: text for locale, text in said.items() if text}


@dataclass(frozen=True)
class Group:
    """A product with the rows of its variants, by folded SKU."""

    main: Sheet
    children: dict[str, Sheet] = field(default_factory=dict)


def sheet(rows: Iterable[Row], terms: Terms) -> Sheet:
    """Lay the rows of one SKU over one another; later rows win cell by cell."""
    ordered = sorted(rows, key=lambda row: row.line)
    cells: dict[str, str] = {}
    texts: dict[str, dict[str, str]] = {}
    for row in ordered:
        store = row.cells.get("store_view_code", "")
        locale = terms.locale(store) if store else terms.languages[0]
        texts.setdefault(locale or terms.languages[0], {}).update(row.cells)
        if not store:
            cells.update(row.cells)
    return Sheet(ordered[0].line, ordered[0].cells["sku"], cells, texts, terms)


def by_sku(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Gather rows by folded SKU."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(fold(row.cells["sku"]), []).append(row)
    return found
