"""Turns an OpenAPI document into plain values for the page that people read."""

from collections.abc import Iterator
from typing import Any

CREDENTIALS = {
    "pk": "X-Api-Key: pk_…",
    "ct": "X-Cart-Token",
    "cu": "Authorization: Bearer eyJ…",
    "sk": "Authorization: Bearer sk_…",
}


def chapters(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Group the operations by context, in the order of their paths."""
    grouped: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            entry = section(path, method, operation, document["components"]["schemas"])
            grouped[operation["tags"][0]].append(entry)
    return [{"name": name, "sections": sections} for name, sections in grouped.items()]


def section(
    path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]
) -> dict[str, Any]:
    """Describe one operation for the page."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {
        "anchor": operation["operationId"].replace(".", "-"),
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "credentials": [CREDENTIALS[name] for choice in operation["security"] for name in choice],
        "scopes": sorted({scope for c in operation["security"] for s in c.values() for scope in s}),
        "parameters": [
            {
                "name": parameter["name"],
                "place": parameter["in"],
                "kind": kind(parameter["schema"], schemas),
                "required": parameter["required"],
            }
            for parameter in operation["parameters"]
        ],
        "body": list(fields(body.get("schema", {}), schemas)),
        "answers": list(answers(operation, schemas)),
        "problems": list(problem_codes(operation)),
    }


def fields(schema: dict[str, Any], schemas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """List the fields of an object."""
    whole = resolve(schema, schemas)
    for name, part in whole.get("properties", {}).items():
        required = name in whole.get("required", [])
        yield {"name": name, "kind": kind(part, schemas), "required": required}


def answers(operation: dict[str, Any], schemas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """List the answers that are no problems, with the fields of their bodies."""
    for status, answer in operation["responses"].items():
        if "x-problem-codes" not in answer:
            body = answer.get("content", {}).get("application/json", {}).get("schema", {})
            yield {
                "status": status,
                "text": answer["description"],
                "fields": list(fields(body, schemas)),
            }


def problem_codes(operation: dict[str, Any]) -> Iterator[dict[str, str]]:
    """List the codes of an operation's problems with their status."""
    for status, answer in operation["responses"].items():
        for code in answer.get("x-problem-codes", []):
            yield {"status": status, "code": code}


def resolve(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference."""
    reference = schema.get("$ref", "")
    return schemas[reference.rpartition("/")[2]] if reference else schema


def kind(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """Say in a few words what a value is."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(kind(each, schemas) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}), schemas)}"
    words = [str(schema.get("format") or schema.get("type") or "anything")]
    words += [f"{sign} {schema[name]}" for name, sign in LIMITS.items() if name in schema]
    return " ".join(words)


LIMITS = {"minimum": "≥", "maximum": "≤", "minLength": "length ≥", "maxLength": "length ≤"}
