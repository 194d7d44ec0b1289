"""The fields of a product's form that its class asks for."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from apps.catalog.interface import Attribute, Trait, Type
from apps.catalog.service.words import attributes, classes

Values = Mapping[str, tuple[str, ...]]
SEPARATOR = " | "


def line(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """Make a field of one line."""
    widget = UnfoldAdminTextInputWidget()
    return forms.CharField(label=label, required=required, help_text=help_text, widget=widget)


def area(label: Any, *, help_text: Any = "", rows: int = 4) -> forms.CharField:
    """Make a field of several lines."""
    widget = UnfoldAdminTextareaWidget({"rows": rows})
    return forms.CharField(label=label, required=False, help_text=help_text, widget=widget)


def listed(label: Any, choices: Any) -> forms.ChoiceField:
    """Make a field with a few choices."""
    return forms.ChoiceField(label=label, choices=choices, widget=UnfoldAdminSelectWidget())


class Sort:
    """A class of products, as a part of their form."""

    def __init__(self, code: str = "Default") -> None:
        self.code = code
        self.classes = {each.code: each for each in classes()}
        self.attributes = {each.code: each for each in attributes()}

    def choices(self) -> list[tuple[str, str]]:
        """List all classes by name."""
        return [(each.code, spoken(each.label) or each.code) for each in self.classes.values()]

    def traits(self) -> Iterator[tuple[str, Trait, Attribute]]:
        """Give each attribute of the class with the name of its field; variants choose theirs."""
        known = self.classes.get(self.code)
        for trait in known.traits if known else ():
            if trait.attribute in self.attributes and not trait.variant:
                yield f"trait_{trait.attribute}", trait, self.attributes[trait.attribute]

    def fields(self) -> dict[str, forms.Field]:
        """Make a field for each attribute."""
        return {name: field(trait, attribute) for name, trait, attribute in self.traits()}

    def initial(self, values: Values) -> dict[str, Any]:
        """Spread a product's attributes over these fields; the others stay in the text."""
        held = {a.code: values[a.code] for _, _, a in self.traits() if a.code in values}
        rest = {code: many for code, many in values.items() if code not in held}
        return {
            "attributes": written(rest),
            **{
                name: list(held[a.code]) if a.type is Type.CHOICES else SEPARATOR.join(held[a.code])
                for name, _, a in self.traits()
                if a.code in held
            },
        }

    def read(self, fields: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        """Gather the attributes from these fields."""
        found = {a.code: said(fields.get(name), a.type) for name, _, a in self.traits()}
        return {code: values for code, values in found.items() if values}


def field(trait: Trait, attribute: Attribute) -> forms.Field:
    """Make the field that suits an attribute."""
    label = spoken(attribute.label) or attribute.code
    if attribute.unit:
        label = f"{label} ({attribute.unit})"
    named = [(value, spoken(words) or value) for value, words in attribute.values.items()]
    match attribute.type:
        case Type.CHOICES:
            widget = forms.CheckboxSelectMultiple()
            made: forms.Field = forms.MultipleChoiceField(
                label=label, choices=named, widget=widget, required=False
            )
        case Type.CHOICE:
            made = listed(label, [("", "-"), *named])
        case Type.BOOLEAN:
            made = listed(label, [("", "-"), ("true", _("Yes")), ("false", _("No"))])
        case _:
            made = line(label, required=False, help_text=HELP.get(attribute.type, ""))
    made.required = trait.required
    return made


HELP = {
    Type.TEXT: _("Several values are written Wool | Cotton."),
    Type.DATE: _("Such as 2030-12-31."),
}


def said(value: Any, kind: Type) -> tuple[str, ...]:
    """Read what a field holds."""
    if kind is Type.CHOICES:
        return tuple(value or ())
    parts = str(value or "").split("|") if kind is Type.TEXT else [str(value or "")]
    return tuple(part.strip() for part in parts if part.strip())


def written(values: Values) -> str:
    """Write attributes one a line: material: Wool | Cotton."""
    return "\n".join(f"{code}: {SEPARATOR.join(many)}" for code, many in sorted(values.items()))


def spoken(labels: Mapping[str, str]) -> str:
    """Choose the label in the merchant's language, or in the first there is."""
    return labels.get(get_language() or "") or next(iter(labels.values()), "")
