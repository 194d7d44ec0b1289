"""Reads what clients send, strictly: whatever does not fit is named, and nothing is a 500."""

import functools
import re
from typing import Annotated, Any, TypeVar, get_args, get_origin

import msgspec
from django.conf import settings
from django.http import HttpRequest, QueryDict

from commerce.settled import settled

from .problems import Problem, ProblemError

T = TypeVar("T")
Q = TypeVar("Q", bound=msgspec.Struct)
JSON = re.compile(r"application/(?:json|[a-z0-9.-]+\+json)", re.IGNORECASE)
PLACE = re.compile(r"(?P<reason>.*?)(?: - at `(?:key in )?\$(?P<path>.*)`)?", re.DOTALL)
FIELD = re.compile(r"Object (?P<kind>contains unknown|missing required) field `(?P<name>.*)`")
STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
BRACKETS = re.compile(r"(?P<name>\w+)\[(?P<key>[^\[\]]*)\]")
FIELD_CODES = {"contains unknown": "unknown-field", "missing required": "missing-field"}


def read(request: HttpRequest, shape: type[T]) -> T:
    """Read a JSON body as a value of the given shape."""
    check_media_type(request)
    request._body = request.read()  # is no longer than was checked, and `body` from now on
    return decode(request.body, shape)


def check_media_type(request: HttpRequest) -> None:
    """Refuse a body before reading it: by its length, type, charset and encoding."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length[:20]) > longest():
        raise too_large()
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    encoding = request.headers.get("Content-Encoding", "identity")
    if (
        not JSON.fullmatch(request.content_type or "")
        or charset not in {"utf-8", "utf8"}
        or encoding != "identity"
    ):
        raise Problem("media-type-unsupported", headers={"Accept": "application/json"})


def too_large() -> Problem:
    """Say how much would have been accepted."""
    return Problem("body-too-large", detail=f"A body may have up to {longest()} bytes.")


@settled
def longest() -> int:
    """How many bytes a body may have."""
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def decode(raw: bytes, shape: type[T]) -> T:
    """Decode JSON as a shape; refuses NUL characters, which PostgreSQL cannot keep."""
    try:
        if b"\\u0000" in raw:
            refuse_nul(msgspec.json.decode(raw), "")
        return msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as problem:
        raise Problem("body-invalid", errors=[explain(problem)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise Problem("malformed-json", detail=f"{problem}.") from None
    except RecursionError:
        raise Problem("malformed-json", detail="The JSON is nested too deeply.") from None


def refuse_nul(value: Any, pointer: str) -> None:
    """Find the first NUL character in a decoded value and refuse it by its place."""
    match value:
        case str() if "\0" in value:
            detail = "The character U+0000 is not allowed."
            error = ProblemError(pointer=pointer, code="nul-character", detail=detail)
            raise Problem("body-invalid", errors=[error])
        case dict():
            for name, part in value.items():
                refuse_nul(name, pointer)
                refuse_nul(part, f"{pointer}/{escape(name)}")
        case list():
            for index, part in enumerate(value):
                refuse_nul(part, f"{pointer}/{index}")


def explain(problem: msgspec.ValidationError) -> ProblemError:
    """Turn msgspec's sentence into a code and an RFC 6901 pointer."""
    place = PLACE.fullmatch(str(problem))
    reason, path = (place["reason"], place["path"] or "") if place else (str(problem), "")
    steps = STEP.findall(path.partition("[...]")[0])  # msgspec does not say which key of a map
    pointer = "".join(f"/{escape(name or index)}" for name, index in steps)
    if field := FIELD.fullmatch(reason):
        pointer, code = f"{pointer}/{escape(field['name'])}", FIELD_CODES[field["kind"]]
    else:
        code = "wrong-type" if ", got `" in reason else "invalid-value"
    return ProblemError(pointer=pointer, code=code, detail=f"{reason}.")


def escape(name: str) -> str:
    """Write a name as one step of a JSON Pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def read_query(query: QueryDict, shape: type[Q]) -> Q:
    """Read query parameters as a shape: lists by comma or repetition, maps as `name[key]=`."""
    fields = parameters(shape)
    given: dict[str, Any] = {}
    for name, values in query.lists():
        if bracketed := BRACKETS.fullmatch(name):
            given.setdefault(bracketed["name"], {})[bracketed["key"]] = values
        elif fields.get(name):
            given[name] = [part for value in values for part in value.split(",") if part]
        else:
            given[name] = values[-1]
    known = {name: value for name, value in given.items() if name in fields}
    try:
        return msgspec.convert(known, shape, strict=False)
    except msgspec.ValidationError as problem:
        error = explain(problem)
        name = (error.pointer or "").strip("/").partition("/")[0]
        error = ProblemError(parameter=name, code=error.code, detail=error.detail)
        raise Problem("query-invalid", errors=[error]) from None


@functools.cache
def parameters(shape: type[msgspec.Struct]) -> dict[str, bool]:
    """Name the parameters that a shape knows, and tell which of them hold several values."""
    return {field.encode_name: is_many(field.type) for field in msgspec.structs.fields(shape)}


def is_many(shape: Any) -> bool:
    """Tell whether a parameter holds several values."""
    inner = get_args(shape)[0] if get_origin(shape) is Annotated else shape
    return get_origin(inner) in (tuple, list)
