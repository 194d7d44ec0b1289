"""Terms of a promotion as lines of a form: "if ..." and "then ...", each with its own fields."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..domain import documents
from ..domain.amounts import Currency
from .kinds import CONDITIONS, DOCUMENT, EFFECTS, Asked, Kind, Shape
from .rows import IF, OR, OR_NOT, UNLESS, Row, Rows, document_of, entry, rows_of

STEP = "_rows"  # the button that shows the fields of what was chosen, and saves nothing
MOST_ROWS = documents.MOST_RULES
ANYWHERE = "__n__"  # stands for the number of a line in what the script copies
NUMBER = re.compile(r"\d{1,12}([.,]\d{1,6})?", re.ASCII)
JOINS = ((IF, _("if")), (UNLESS, _("unless")), (OR, _("or if")), (OR_NOT, _("or unless")))
SIDES = {
    "if": (_("If"), CONDITIONS, documents.CONDITIONS),
    "then": (_("Then"), EFFECTS, documents.EFFECTS),
}


class TermsWidget(forms.Widget):
    """Draws the lines; an empty one at the end takes what comes next."""

    class Media:
        css = {"all": ["pricing/terms.css"]}
        js = ["pricing/terms.js"]

    problems: Mapping[tuple[str, int], str] = {}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Rows:
        """Read the lines that were sent."""
        return Rows(list(sent(data, f"{name}-if")), list(sent(data, f"{name}-then")))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Lines can all be empty."""
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Draw the form, or what stands in the database."""
        rows = value if isinstance(value, Rows) else rows_of(value or {})
        told = {"if": rows.conditions, "then": rows.effects}
        sides = [self.side(name, side, told[side]) for side in SIDES]
        drawn = render_to_string("pricing/admin/terms.html", {"sides": sides, "step": STEP})
        return mark_safe(drawn)  # the template escapes

    def side(self, name: str, side: str, rows: list[Row]) -> dict[str, Any]:
        """Gather what a half of the form shows."""
        title, kinds, _known = SIDES[side]
        prefix = f"{name}-{side}"
        shown = [*enumerate(rows), (len(rows), Row())]
        return {
            "name": side,
            "title": title,
            "rows": [
                line(f"{prefix}-{at}", row, kinds, self.problems.get((side, at), ""))
                for at, row in shown
            ],
            "blank": line(f"{prefix}-{ANYWHERE}", Row(), kinds),
            "kinds": [
                {"name": kind.name, "groups": groups(f"{prefix}-{ANYWHERE}", kind, None)}
                for kind in kinds
            ],
            "joins": JOINS if side == "if" else (),
        }


class TermsField(forms.Field):
    """Lines, which the form turns into a document once it knows the currency."""

    widget = TermsWidget

    def __init__(self) -> None:
        super().__init__(required=False, label=_("Rules"))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what they stand for."""
        try:
            return bool(document_of(data) != initial)
        except ValueError:
            return True


def sent(data: Mapping[str, str], prefix: str) -> Iterable[Row]:
    """Read the lines of one half, without those where nothing was chosen."""
    place = re.compile(rf"{re.escape(prefix)}-(\d{{1,4}})-kind")
    numbers = sorted(int(found[1]) for name in data if (found := place.fullmatch(name)))
    for number in numbers:
        before = f"{prefix}-{number}-"
        if chosen := data[f"{before}kind"]:
            fields = {name: data[name] for name in data if name.startswith(before)}
            values = {name.removeprefix(before): value for name, value in fields.items()}
            yield Row(values.pop("kind", chosen), values.pop("join", IF), answers(values))


def answers(values: Mapping[str, str]) -> dict[str, str]:
    """Keep the answers; the one of a line that is written as JSON has no path."""
    return {"" if name == DOCUMENT else name: value for name, value in values.items()}


def line(prefix: str, row: Row, kinds: tuple[Kind, ...], problem: str = "") -> dict[str, Any]:
    """Gather what a line shows."""
    chosen = next((kind for kind in kinds if kind.name == row.kind), None)
    return {
        "prefix": prefix,
        "chosen": row.kind,
        "join": row.join,
        "options": [(kind.name, kind.label) for kind in kinds],
        "groups": groups(prefix, chosen, row.values) if chosen else [],
        "problem": problem,
    }


def groups(prefix: str, kind: Kind, values: Mapping[str, str] | None) -> list[dict[str, Any]]:
    """Gather the fields of a line; those under a heading are open if something is in them."""
    gathered = []
    for group in kind.groups:
        fields = [field(prefix, asked, values) for asked in group.fields]
        filled = any(each["value"] for each in fields)
        gathered.append({"title": group.title, "fields": fields, "open": filled})
    return gathered


def field(prefix: str, asked: Asked, values: Mapping[str, str] | None) -> dict[str, Any]:
    """Gather what a field shows: an answer, or what it begins with where nothing was asked yet."""
    started = asked.start if not values else ""
    return {
        "name": f"{prefix}-{asked.path or DOCUMENT}",
        "label": asked.label,
        "shape": asked.shape.value,
        "hint": asked.hint,
        "value": (values or {}).get(asked.path, started),
    }


def problems(rows: Rows, currency: Currency | None) -> dict[tuple[str, int], str]:
    """Say of each line what is wrong with it."""
    told = {"if": rows.conditions, "then": rows.effects}
    found = {}
    for side, lines in told.items():
        for place, row in enumerate(lines):
            if said := wrong_with(row, side, currency):
                found[side, place] = said
    return found


def wrong_with(row: Row, side: str, currency: Currency | None) -> str:
    """Say what is wrong with a line, in the merchant's words where there are some."""
    _title, kinds, known = SIDES[side]
    chosen = next((kind for kind in kinds if kind.name == row.kind), None)
    if chosen is None:
        return gettext("Choose from the list.")
    said = [text for asked in chosen.fields if (text := wrong(asked, row, currency))]
    if said:
        return " ".join(said)
    try:
        documents.kind(entry(row, kinds), known, currency)
    except (ValueError, RecursionError) as problem:
        return str(problem)
    return ""


def wrong(asked: Asked, row: Row, currency: Currency | None) -> str:
    """Say what is wrong with an answer."""
    text = row.values.get(asked.path, "").strip()
    label = {"label": str(asked.label)}
    if not text:
        return gettext("“%(label)s” is missing.") % label if asked.needed else ""
    if asked.shape is Shape.AMOUNT and currency is None:
        return gettext("Choose a currency: an amount needs one.")
    if asked.shape in (Shape.AMOUNT, Shape.NUMBER) and not NUMBER.fullmatch(text):
        return gettext("“%(label)s” has to be a number, as in 12.50.") % label
    if asked.shape is Shape.COUNT and not (text.isdecimal() and int(text)):
        return gettext("“%(label)s” has to be a whole number from 1 on.") % label
    if asked.shape is Shape.MOMENT and not is_moment(text):
        return gettext("“%(label)s” has to be a date and a time.") % label
    if asked.shape is Shape.JSON and not is_object(text):
        return gettext("This is no JSON object.")
    return ""


def is_moment(text: str) -> bool:
    """Tell whether a field holds a date and a time."""
    try:
        return datetime.fromisoformat(text).tzinfo is None
    except ValueError:
        return False


def is_object(text: str) -> bool:
    """Tell whether a field holds a JSON object."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
