"""The OpenAPI 3.1 documents, written from the endpoints themselves: they cannot disagree."""

import functools
from typing import Any

from django.urls import URLResolver, get_resolver

from .common import PROBLEM_SCHEMA, SECURITY_SCHEMES
from .operation import Schemas, describe
from .routes import contexts, known, operations

__all__ = ["contexts", "document", "operations"]


def document(context: str | None = None, major: int | None = None) -> dict[str, Any]:
    """Write the document of one context, or with None the one of the whole API."""
    return written(get_resolver(), context, major)


@functools.cache
def written(resolver: URLResolver, context: str | None, major: int | None) -> dict[str, Any]:
    """Write what is chosen of a shop's operations; done once."""
    chosen = [
        each
        for each in known(resolver)
        if context is None or (each.context, each.major) == (context, major)
    ]
    schemas = Schemas(chosen)
    paths: dict[str, Any] = {}
    for each in chosen:
        paths.setdefault(each.path, {})[each.endpoint.terms.method.lower()] = describe(
            each, schemas
        )
    title = "Halles" if context is None else f"Halles: {context}"
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": f"{major or 1}.0", "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in sorted({each.context for each in chosen})],
        "paths": paths,
        "components": {
            "securitySchemes": SECURITY_SCHEMES,
            "schemas": {"Problem": PROBLEM_SCHEMA, **schemas.components},
        },
    }
