"""What every OpenAPI document of the shop has in common."""

from typing import Any

REF = "#/components/schemas/{name}"
SECURITY_SCHEMES = {
    "pk": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Key",
        "description": "Publishable key (pk_...) of a shop front. It may stand in a page.",
    },
    "ct": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Cart-Token",
        "description": "Proof that a guest holds a cart: the token its creation returned.",
    },
    "cu": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Access token of a customer who has signed in, good for ten minutes.",
    },
    "sk": {
        "type": "http",
        "scheme": "bearer",
        "description": "Secret key (sk_...) of a partner, with scopes.",
    },
}
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "instance", "code", "errors", "trace_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri-reference"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                    "pointer": {"type": "string", "format": "json-pointer"},
                    "parameter": {"type": "string"},
                    "meta": {"type": "object"},
                },
            },
        },
        "trace_id": {"type": "string"},
        "retry_after": {"type": ["integer", "null"], "description": "Seconds."},
    },
}
