"""Finds every endpoint of this process among its URL patterns."""

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from commerce.rest.endpoint import Endpoint

PLACE = re.compile(r"/api/(?P<context>[a-z]+)/v(?P<major>\d+)/")
PARAMETER = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")
KERNEL = "api"


@dataclass(frozen=True)
class Operation:
    """One method on one path, and where it belongs."""

    path: str
    parameters: tuple[tuple[str, str], ...]  # name, converter
    endpoint: Endpoint

    @property
    def context(self) -> str:
        """The context in the path; the kernel's own paths belong to the API itself."""
        place = PLACE.match(self.path)
        return place["context"] if place else KERNEL

    @property
    def major(self) -> int:
        """The major version in the path."""
        place = PLACE.match(self.path)
        return int(place["major"]) if place else 1


def operations() -> tuple[Operation, ...]:
    """List every endpoint of this process by path."""
    return known(get_resolver())


@functools.cache
def known(resolver: URLResolver) -> tuple[Operation, ...]:
    """List the endpoints among the addresses of a shop; read once."""
    found = walk(resolver.url_patterns)
    return tuple(sorted(found, key=lambda each: (each.path, each.endpoint.terms.method)))


def walk(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[Operation]:
    """Describe the endpoints among URL patterns."""
    for route, view in endpoint_patterns(patterns):
        for endpoint in view.endpoints.values():
            parameters = tuple(
                (m["name"], m["converter"] or "str") for m in PARAMETER.finditer(route)
            )
            yield Operation("/" + PARAMETER.sub(r"{\g<name>}", route), parameters, endpoint)


def endpoint_patterns(
    patterns: Iterable[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    """Find the endpoints among URL patterns, each with its whole route."""
    for pattern in patterns:
        if not isinstance(pattern.pattern, RoutePattern):
            continue
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from endpoint_patterns(pattern.url_patterns, route)
        elif route.startswith("api") and hasattr(pattern.callback, "endpoints"):
            yield route, pattern.callback


def contexts() -> list[tuple[str, int]]:
    """List the contexts with an API and their major versions."""
    return sorted({(each.context, each.major) for each in operations()} - {(KERNEL, 1)})
