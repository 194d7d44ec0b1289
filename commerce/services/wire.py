"""The values that may cross a boundary, and their JSON form."""

import functools
import types
import typing
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec

from commerce.shapes import learn

SCALARS = (str, int, bool, bytes, type(None), UUID, Decimal, date, datetime, timedelta)


@functools.cache
def kind(shape: Any) -> tuple[str, Any]:
    """Name what a type is on the wire, with the type inside it."""
    origin, inner = typing.get_origin(shape), typing.get_args(shape)
    if shape in SCALARS:
        return "scalar", shape
    if isinstance(shape, type) and issubclass(shape, Enum):
        return "choice", shape
    if isinstance(shape, type) and is_dataclass(shape) and is_value(shape):
        return "record", shape
    if origin is tuple and inner[1:] == (...,):
        return "many", inner[0]
    if origin is dict and inner[0] is str:
        return "map", inner[1]
    if origin in (typing.Union, types.UnionType) and len(inner) == 2 and inner[1] is type(None):
        return "maybe", inner[0]
    raise TypeError(f"{shape!r} cannot cross a boundary; use a frozen dataclass or a tuple")


def is_value(record: Any) -> bool:
    """Whether a dataclass cannot change on the way, or is a refusal."""
    return record.__dataclass_params__.frozen or issubclass(record, Exception)


@functools.cache
def parts(record: Any) -> dict[str, Any]:
    """Return the type of every field of a dataclass."""
    hints = typing.get_type_hints(record)
    return {field.name: hints[field.name] for field in fields(record)}


def check(shape: Any) -> None:
    """Raise TypeError unless every value of this type survives the wire; get ready for them."""
    match kind(shape):
        case "record", record:
            for part in parts(record).values():
                check(part)
            if not issubclass(record, Exception):
                learn(record)
        case "many" | "map" | "maybe", inner:
            check(inner)


def dump(shape: Any, value: Any) -> Any:
    """Turn a value of the given type into what JSON can hold."""
    if isinstance(value, Exception):
        return {name: msgspec.to_builtins(getattr(value, name)) for name in parts(shape)}
    return msgspec.to_builtins(value)


def load(shape: Any, data: Any) -> Any:
    """Rebuild a value. Fields it does not know are ignored; absent ones take their defaults."""
    if isinstance(shape, type) and issubclass(shape, Exception):
        known = parts(shape).items()  # type: ignore[arg-type]  # classes are hashable
        return shape(**{name: load(part, data[name]) for name, part in known if name in data})
    return msgspec.convert(data, shape)


def encode(data: Any) -> bytes:
    """Write what `dump` made as JSON."""
    return msgspec.json.encode(data)


def decode(text: bytes) -> Any:
    """Read JSON into what `load` takes; raises ValueError for anything else."""
    return msgspec.json.decode(text)


def describe(shape: Any) -> Any:
    """Return the shape of a type as JSON, for contract snapshots."""
    match kind(shape):
        case "scalar", scalar:
            return scalar.__name__
        case "choice", choice:
            return {"choices": sorted(str(member.value) for member in choice)}
        case "record", record:
            optional = {
                field.name
                for field in fields(record)
                if field.default is not MISSING or field.default_factory is not MISSING
            }
            return describe_fields(parts(record), optional)
        case name, inner:
            return {name: describe(inner)}


def describe_fields(shapes: dict[str, Any], optional: set[str]) -> dict[str, Any]:
    """Describe named parts, saying which of them may be left out."""
    described = {name: describe(shape) for name, shape in shapes.items()}
    return {"fields": described, "optional": sorted(optional)}
