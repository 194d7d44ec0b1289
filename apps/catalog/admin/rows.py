"""A small table inside a form: some rows of text fields, and a few empty ones for more."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict

Row = dict[str, str]
EMPTY = 3  # rows offered for more
MOST = 2_000


@dataclass(frozen=True)
class Column:
    """One cell of every row; the first column decides whether a row is there."""

    name: str
    label: Any  # perhaps a lazy translation


class RowsWidget(forms.Widget):
    """Draws the table; emptying the first cell of a row removes it."""

    def __init__(self, columns: tuple[Column, ...], preview: str = "") -> None:
        super().__init__()
        self.columns = columns
        self.preview = preview  # name of an address that shows the first cell as a picture

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """Draw the rows with their inputs."""
        rows = [*(value or []), *({} for _ in range(EMPTY))]
        drawn = [
            [(f"{name}-{n}-{c.name}", row.get(c.name, ""), c.label) for c in self.columns]
            for n, row in enumerate(rows)
        ]
        context = {"rows": drawn, "columns": self.columns, "name": name, "preview": self.preview}
        return render_to_string("catalog/admin/rows.html", context)

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> list[Row]:
        """Gather the rows whose first cell says something."""
        rows: list[Row] = []
        first = self.columns[0].name
        for n in range(MOST):
            if f"{name}-{n}-{first}" not in data:
                break
            row = {c.name: str(data.get(f"{name}-{n}-{c.name}", "")).strip() for c in self.columns}
            if row[first]:
                rows.append(row)
        return rows


class RowsField(forms.Field):
    """A list of rows."""

    widget: RowsWidget

    def __init__(self, *columns: Column, preview: str = "", **options: Any) -> None:
        widget = RowsWidget(columns, preview)
        super().__init__(required=False, widget=widget, **options)

    def clean(self, value: Any) -> list[Row]:
        """Return the rows as they were typed; the form gives them a meaning."""
        return list(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is there with what was."""
        return [filled(row) for row in initial or []] != [filled(row) for row in data or []]


def filled(row: Row) -> Row:
    """Leave out the cells that say nothing."""
    return {name: text for name, text in row.items() if text}
