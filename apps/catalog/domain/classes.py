"""What a class of products asks of their attributes, as a JSON Schema (draft 2020-12).

Attributes are kept as text; the schema speaks of what the text means: a number, a date, a list.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

from apps.catalog.interface import Attribute, ProductClass, ProductDraft, Trait, Type

from .rules import twice, word_gaps

LONGEST_CLASS = 100  # characters
MOST_NAMED = 12  # choices in a sentence
NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?", re.ASCII)
TRUTH = {"true": True, "false": False}
NUMBERS = (Type.NUMBER, Type.MEASURE)
SEVERAL = (Type.TEXT, Type.CHOICES)
SHAPES: dict[Type, dict[str, Any]] = {
    Type.TEXT: {"type": "array", "items": {"type": "string"}, "minItems": 1},
    Type.NUMBER: {"type": "number"},
    Type.BOOLEAN: {"type": "boolean"},
    Type.CHOICE: {"type": "string"},
    Type.CHOICES: {"type": "array", "items": {"type": "string"}, "minItems": 1},
    Type.DATE: {"type": "string", "format": "date"},
    Type.MEASURE: {"type": "number"},
}
TYPES = {
    Type.NUMBER: "one number",
    Type.BOOLEAN: "true or false",
    Type.CHOICE: "one of its values",
    Type.DATE: "a date such as 2030-12-31",
    Type.MEASURE: "one number, without its unit",
}


def schema(each: ProductClass, attributes: Mapping[str, Attribute]) -> dict[str, Any]:
    """Write a class as a JSON Schema of the attributes that its products have."""
    traits = {trait.attribute: trait for trait in each.traits}
    codes = dict.fromkeys([*traits, *(attributes if each.open else ())])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": each.code,
        "type": "object",
        "properties": {
            code: shape(attributes[code], traits.get(code, Trait(code)))
            for code in codes
            if code in attributes
        },
        "required": [trait.attribute for trait in each.traits if trait.required],
        "additionalProperties": each.open,
    }


def shape(attribute: Attribute, trait: Trait) -> dict[str, Any]:
    """Write an attribute as the class sees it; what begins with x- is for people and search."""
    made = dict(SHAPES[attribute.type])
    if attribute.type is Type.CHOICE:
        made["enum"] = list(attribute.values)
    if attribute.type is Type.CHOICES:
        made |= {"items": {"enum": list(attribute.values)}, "uniqueItems": True}
    if trait.least is not None:
        made["minimum"] = float(trait.least)
    if trait.most is not None:
        made["maximum"] = float(trait.most)
    return made | {
        "x-type": attribute.type.value,
        "x-label": attribute.label,
        "x-unit": attribute.unit,
        "x-values": attribute.values,
        "x-filterable": attribute.facet,
        "x-searchable": attribute.searchable,
        "x-variant": trait.variant,
    }


class Classes:
    """All product classes, ready to judge drafts; a schema is compiled when it is first needed."""

    def __init__(self, classes: Iterable[ProductClass], attributes: Iterable[Attribute]) -> None:
        self.classes = {each.code: each for each in classes}
        self.attributes = {each.code: each for each in attributes}
        self.compiled: dict[str, Draft202012Validator] = {}

    def problems(self, draft: ProductDraft) -> Iterator[str]:
        """Say what a draft's class has against it, naming the attribute."""
        known = self.classes.get(draft.product_class)
        if known is None:
            yield f"The product class {draft.product_class[:100]!r} is unknown."
            return
        judge = self.validator(known)
        said = self.read(draft)
        if not judge.is_valid(said):
            yield from (self.in_words(error, known) for error in judge.iter_errors(said))
        yield from self.of_options(draft, known)

    def validator(self, each: ProductClass) -> Draft202012Validator:
        """Compile the schema of a class once."""
        if each.code not in self.compiled:
            made = schema(each, self.attributes)
            self.compiled[each.code] = Draft202012Validator(made, validate_formats=True)
        return self.compiled[each.code]

    def read(self, draft: ProductDraft) -> dict[str, Any]:
        """Read the text of a draft's attributes as what it means; a choice counts as said."""
        said = {
            code: meant(self.attributes[code].type, values) if code in self.attributes else values
            for code, values in draft.attributes.items()
        }
        for code in draft.options:
            if code not in said:
                values = tuple({v.options[code]: None for v in draft.variants if code in v.options})
                kind = self.attributes[code].type if code in self.attributes else Type.TEXT
                said[code] = values if kind in SEVERAL else meant(kind, values[:1])
        return said

    def of_options(self, draft: ProductDraft, known: ProductClass) -> Iterator[str]:
        """Variants differ by what the class says, and each is a choice that there is."""
        axes = {trait.attribute for trait in known.traits if trait.variant}
        for code in draft.options:
            if axes and code not in axes:
                yield f"Variants of {known.code} do not differ by {code}."
            attribute = self.attributes.get(code)
            if attribute and attribute.type in (Type.CHOICE, Type.CHOICES):
                for variant in draft.variants:
                    if (value := variant.options.get(code)) and value not in attribute.values:
                        yield f"{variant.sku}: {value[:60]!r} is no value of {code}."

    def in_words(self, error: ValidationError, known: ProductClass) -> str:
        """Tell a merchant what a schema found."""
        kind: Any = error.kind  # its stub knows no fields
        code = str(error.instance_path[0]) if error.instance_path else ""
        match type(kind).__name__:
            case "Required":
                return f"{known.code} needs the attribute {kind.property}."
            case "AdditionalProperties":
                return f"{known.code} has no attribute {', '.join(sorted(kind.unexpected))}."
            case "Minimum" | "Maximum":
                return f"The attribute {code} must be within {self.bounds(known, code)}."
            case "Enum":
                return f"The attribute {code} is {self.choices(error, code)}."
            case "UniqueItems":
                return f"The attribute {code} names a value twice."
        wanted = TYPES.get(self.attributes[code].type, "text that is not empty")
        return f"The attribute {code} must be {wanted}."

    def bounds(self, known: ProductClass, code: str) -> str:
        """Say between which numbers a value has to be."""
        trait = next(trait for trait in known.traits if trait.attribute == code)
        ends = ("any" if end is None else f"{end:f}" for end in (trait.least, trait.most))
        return " and ".join(ends) + (f" {unit}" if (unit := self.attributes[code].unit) else "")

    def choices(self, error: ValidationError, code: str) -> str:
        """Say which value is no choice, and which there are."""
        values = list(self.attributes[code].values)
        named = ", ".join(values[:MOST_NAMED]) + (", ..." if len(values) > MOST_NAMED else "")
        return f"{str(error.instance)[:60]!r}, which is none of {named or 'its values (none)'}"


def meant(kind: Type, values: tuple[str, ...]) -> Any:
    """Read text as a value; what cannot be read stays as it is, for the schema to refuse."""
    if kind in SEVERAL or len(values) != 1:
        return list(values)
    (value,) = values
    if kind in NUMBERS:
        return float(value) if NUMBER.fullmatch(value) else value
    return TRUTH.get(value, value) if kind is Type.BOOLEAN else value


def class_problems(
    classes: tuple[ProductClass, ...], known: Set[str], *, languages: tuple[str, ...]
) -> tuple[str, ...]:
    """Return everything that is wrong with classes; `known` are the codes of all attributes."""
    found = [problem for each in classes for problem in of_class(each, known, languages)]
    return tuple(dict.fromkeys(found))


def of_class(each: ProductClass, known: Set[str], languages: tuple[str, ...]) -> Iterator[str]:
    """A class has a name and speaks of attributes that there are, once of each."""
    where = f"The product class {each.code[:100]!r}"
    if not each.code.strip() or each.code != each.code.strip() or not each.code.isprintable():
        yield f"{where} must have a code without spaces around it."
    if len(each.code) > LONGEST_CLASS:
        yield f"{where} has a code of more than {LONGEST_CLASS} characters."
    yield from word_gaps(where, each.label, languages)
    for trait in each.traits:
        if trait.attribute not in known:
            yield f"{where} speaks of the attribute {trait.attribute[:70]!r}, which is unknown."
        if trait.least is not None and trait.most is not None and trait.least > trait.most:
            yield f"{where} lets no value be between {trait.least} and {trait.most}."
    for code in twice(trait.attribute for trait in each.traits):
        yield f"{where} speaks of {code} twice."
