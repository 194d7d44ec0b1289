"""Writes one operation: what it takes, what it answers, and how it can refuse."""

import enum
import inspect
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

import msgspec

from commerce.rest.endpoint import endpoint
from commerce.rest.lines import MEDIA_TYPE as NDJSON
from commerce.rest.pagination import PageQuery
from commerce.rest.problems import MEDIA_TYPE, kinds

from .common import REF
from .routes import Operation

CONVERTERS = {"int": {"type": "integer"}, "uuid": {"type": "string", "format": "uuid"}}
BODY_PROBLEMS = ("malformed-json", "media-type-unsupported", "body-too-large", "body-invalid")
FILE = {"type": "string", "format": "binary"}
KEY_PROBLEMS = ("idempotency-key-invalid", "idempotency-in-flight", "idempotency-mismatch")


class Schemas:
    """The JSON Schemas of every type that operations take and give."""

    def __init__(self, chosen: Iterable[Operation]) -> None:
        self.written: dict[Any, dict[str, Any]]
        shapes: dict[Any, None] = {}
        for each in chosen:
            terms = each.endpoint.terms
            given = [terms.body, terms.lines, *terms.answers.values()]
            shapes |= dict.fromkeys(shape for shape in given if shape is not None)
        written, self.components = schemas_of(list(shapes))
        self.written = dict(zip(shapes, written, strict=True))

    def __getitem__(self, shape: Any) -> dict[str, Any]:
        return self.written[shape]


def schemas_of(shapes: list[Any]) -> tuple[tuple[dict[str, Any], ...], dict[str, Any]]:
    """Write types as JSON Schemas, and those inside them as components."""
    return msgspec.json.schema_components(shapes, schema_hook=choices, ref_template=REF)


def choices(shape: type) -> dict[str, Any]:
    """Write Django's choices, which msgspec reads like any enumeration but cannot describe."""
    if not issubclass(shape, enum.Enum):
        raise NotImplementedError
    return {"enum": sorted(each.value for each in shape)}


def describe(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    """Write one operation."""
    terms, view = operation.endpoint.terms, operation.endpoint.view
    summary, _, rest = inspect.cleandoc(view.__doc__ or "").partition("\n")
    described: dict[str, Any] = {
        "operationId": f"{operation.context}.{view.__name__}",
        "tags": [operation.context],
        "summary": summary,
        "description": rest.strip() or summary,
        "security": security(terms),
        "parameters": [
            *path_parameters(operation),
            *query_parameters(terms),
            *headers(terms),
        ],
    }
    if shape := terms.body or terms.lines:
        content = {media_type(terms): {"schema": schemas[shape]}}
        described["requestBody"] = {"required": True, "content": content}
    described["responses"] = answers(terms, schemas) | problems(operation)
    return described


def media_type(terms: endpoint) -> str:
    """Name how bodies and answers are written."""
    return NDJSON if terms.lines else "application/json"


def security(terms: endpoint) -> list[dict[str, list[str]]]:
    """List the credentials of which one is enough."""
    return [
        {} if each == "public" else {each: sorted(terms.scopes) if each == "sk" else []}
        for each in terms.credentials
    ]


def path_parameters(operation: Operation) -> list[dict[str, Any]]:
    """Describe the variable steps of the path."""
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": CONVERTERS.get(converter, {"type": "string"}),
        }
        for name, converter in operation.parameters
    ]


def query_parameters(terms: endpoint) -> list[dict[str, Any]]:
    """Describe the fields of the query's Struct."""
    if terms.query is None:
        return []
    _, components = schemas_of([terms.query])
    whole = components[terms.query.__name__]
    described = []
    for name, schema in whole["properties"].items():
        parameter = {"name": name, "in": "query", "required": name in whole.get("required", [])}
        if schema.get("type") == "array":
            parameter |= {"style": "form", "explode": False}
        elif schema.get("type") == "object":
            parameter |= {"style": "deepObject", "explode": True}
        described.append(parameter | {"schema": schema})
    return described


def headers(terms: endpoint) -> list[dict[str, Any]]:
    """Describe the headers that make a change safe."""
    described = []
    if terms.idempotency:
        described.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": terms.idempotency != "accepted",
                "description": "A new UUID for each request; the same one to repeat it safely.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255},
            }
        )
    if terms.if_match:
        described.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": True,
                "description": "The ETag of the version that this change is based on.",
                "schema": {"type": "string"},
            }
        )
    return described


def answers(terms: endpoint, schemas: Schemas) -> dict[str, Any]:
    """Describe the answers of an operation that does what was asked."""
    given = terms.answers or {200: None}
    described: dict[str, Any] = {}
    for status, shape in sorted(given.items()):
        described[str(status)] = {"description": HTTPStatus(status).phrase}
        if shape is not None:
            kind = "application/json" if status == HTTPStatus.ACCEPTED else media_type(terms)
            described[str(status)]["content"] = {kind: {"schema": schemas[shape]}}
        elif terms.media:
            described[str(status)]["content"] = {terms.media: {"schema": FILE}}
    return described


def problems(operation: Operation) -> dict[str, Any]:
    """Describe the problems of an operation by status, each with its codes."""
    codes = sorted({*operation.endpoint.terms.problems, *usual_problems(operation)})
    by_status: dict[str, list[str]] = {}
    for code in codes:
        by_status.setdefault(str(kinds[code].status), []).append(code)
    return {
        status: {
            "description": "; ".join(f"{kinds[code].title} (`{code}`)" for code in codes),
            "content": {MEDIA_TYPE: {"schema": {"$ref": REF.format(name="Problem")}}},
            "x-problem-codes": codes,
        }
        for status, codes in sorted(by_status.items())
    }


def usual_problems(operation: Operation) -> Iterator[str]:
    """Name the problems that follow from what the endpoint takes."""
    terms = operation.endpoint.terms
    takes = {
        ("rate-limited", "unavailable", "internal-error"): True,
        ("credentials-missing",): "public" not in terms.credentials,
        ("credentials-invalid",): {"pk", "sk", "cu"} & {*terms.credentials},
        ("token-expired",): "cu" in terms.credentials,
        ("scope-missing",): terms.scopes,
        ("not-found",): operation.parameters,
        ("query-invalid",): terms.query,
        ("cursor-invalid",): terms.query and issubclass(terms.query, PageQuery),
        BODY_PROBLEMS: terms.body,
        ("media-type-unsupported", "body-too-large", "malformed-json"): terms.lines,
        KEY_PROBLEMS: terms.idempotency,
        ("idempotency-key-missing",): terms.idempotency in {"required", "natural", "kept"},
        ("precondition-required", "precondition-failed"): terms.if_match,
    }
    return (code for codes, applies in takes.items() if applies for code in codes)
