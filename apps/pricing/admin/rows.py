"""Lines of a form and the document they stand for, in both directions.

All lines must hold; one that begins with "or" is joined with those right above it. What lines
cannot say stays JSON, so that nothing a partner wrote is lost by looking at it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from .kinds import CONDITIONS, DOCUMENT, EFFECTS, Asked, Kind, Shape

IF, UNLESS, OR, OR_NOT = "if", "unless", "or", "or-not"
Document = dict[str, Any]


@dataclass
class Row:
    """A line: what was chosen, and what stands in its fields, by their paths."""

    kind: str = ""
    join: str = IF
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class Rows:
    """The lines of a promotion."""

    conditions: list[Row]
    effects: list[Row]


def rows_of(document: Mapping[str, Any]) -> Rows:
    """Write a document as lines."""
    conditions = document.get("conditions", [])
    return Rows(
        [row for each in conditions for row in condition_rows(each)],
        [simple(each, EFFECTS) or written(each) for each in document.get("effects", [])],
    )


def condition_rows(told: Document) -> Iterator[Row]:
    """Write a condition as one line, or as several that are joined by "or"."""
    several = told.get("conditions") if told.get("kind") == "any-of" else [told]
    found = [literal(each) for each in several] if isinstance(several, list) else [None]
    if not found or None in found:
        yield written(told)
        return
    for place, row in enumerate(filter(None, found)):
        if place:
            row.join = OR if row.join == IF else OR_NOT
        yield row


def literal(told: Document) -> Row | None:
    """Write a condition that is a line of its own, or the opposite of one."""
    if told.get("kind") != "not":
        return simple(told, CONDITIONS)
    row = simple(told.get("condition") or {}, CONDITIONS)
    if row:
        row.join = UNLESS
    return row


def simple(told: Document, kinds: Iterable[Kind]) -> Row | None:
    """Write what one line can say; None if it cannot say it."""
    chosen = next((kind for kind in kinds if kind.name == told.get("kind")), None)
    if chosen is None:
        return None
    rest = deepcopy({name: value for name, value in told.items() if name != "kind"})
    values = {}
    for asked in chosen.fields:
        value = taken(rest, asked.path.split("."))
        if value is not None:
            values[asked.path] = shown(asked, value)
    return Row(chosen.name, values=values) if empty(rest) else None


def written(told: Document) -> Row:
    """Write anything as JSON."""
    return Row(DOCUMENT, values={"": json.dumps(told, indent=2, ensure_ascii=False)})


def taken(document: Any, path: list[str]) -> Any:
    """Take what stands at a path out of a document."""
    step, *further = path
    if isinstance(document, list):
        place = int(step) if step.isdecimal() else len(document)
        return taken(document[place], further) if further and place < len(document) else None
    if not isinstance(document, dict) or step not in document:
        return None
    return taken(document[step], further) if further else document.pop(step)


def empty(left: Any) -> bool:
    """Tell whether nothing is left of a document."""
    if isinstance(left, dict):
        return all(map(empty, left.values()))
    return isinstance(left, list) and all(map(empty, left))


def shown(asked: Asked, value: Any) -> str:
    """Write an answer as it stands in a field."""
    match asked.shape:
        case Shape.WORDS:
            return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        case Shape.FLAG:
            return "on" if value else ""
        case Shape.MOMENT:
            moment = timezone.localtime(datetime.fromisoformat(value))
            return moment.strftime("%Y-%m-%dT%H:%M")
    return str(value)


def document_of(rows: Rows) -> Document:
    """Write lines as a document."""
    conditions: list[list[Document]] = []
    for row in rows.conditions:
        told = entry(row, CONDITIONS)
        if row.join in (UNLESS, OR_NOT):
            told = {"kind": "not", "condition": told}
        if row.join in (OR, OR_NOT) and conditions:
            conditions[-1].append(told)
        else:
            conditions.append([told])
    return {
        "conditions": [
            each[0] if len(each) == 1 else {"kind": "any-of", "conditions": each}
            for each in conditions
        ],
        "effects": [entry(row, EFFECTS) for row in rows.effects],
    }


def entry(row: Row, kinds: Iterable[Kind]) -> Document:
    """Write a line as a part of a document; what is empty is left out."""
    if row.kind == DOCUMENT:
        told: Document = json.loads(row.values.get("", ""))
        return told
    chosen = next(kind for kind in kinds if kind.name == row.kind)
    document: Document = {"kind": row.kind}
    for asked in chosen.fields:
        if (text := row.values.get(asked.path, "").strip()) != "":
            put(document, asked.path.split("."), read(asked, text))
    return {name: listed(value) for name, value in document.items()}


def put(document: Document, path: list[str], value: Any) -> None:
    """Put an answer where its path leads."""
    for step in path[:-1]:
        document = document.setdefault(step, {})
    document[path[-1]] = value


def listed(document: Any) -> Any:
    """Make lists of what is counted instead of named."""
    if not isinstance(document, dict):
        return document
    told = {name: listed(value) for name, value in document.items()}
    return list(told.values()) if told and all(map(str.isdecimal, told)) else told


def read(asked: Asked, text: str) -> Any:
    """Read an answer as the document has it; what cannot be read is left to be refused."""
    match asked.shape:
        case Shape.AMOUNT | Shape.NUMBER:
            return text.replace(",", ".")
        case Shape.COUNT:
            return int(text) if text.isdecimal() else text
        case Shape.FLAG:
            return True
        case Shape.WORDS:
            parts = text.replace("\n", ",").split(",")
            return list(dict.fromkeys(part.strip() for part in parts if part.strip()))
        case Shape.MOMENT:
            return timezone.make_aware(datetime.fromisoformat(text)).isoformat()
    return text
