"""The door of the API in a web process: endpoints are answered before Django's handler begins.

An endpoint passes the same middleware as behind Django's handler, up to the one that answers it.
What is left out are signals that nobody of ours hears, a search through every address of the
shop, and reading headers, query and cookies that nobody asks for: a third of what a small request
costs.
"""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import LimitedStream, WSGIRequest, get_path_info
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils.module_loading import import_string

from commerce import greenlets

from .openapi.routes import endpoint_patterns

LAST = "commerce.rest.middleware.EndpointMiddleware"
BEHIND = "/api/"
FOUND = "halles.endpoint"  # in the environment of a request
Environ = dict[str, Any]
Start = Callable[[str, list[tuple[str, str]]], object]
Application = Callable[[Environ, Any], Iterable[bytes]]


@dataclass(frozen=True)
class Found:
    """An endpoint and what its address says; all of Django's ResolverMatch that endpoints need."""

    func: Any
    kwargs: dict[str, Any]
    route: str
    path: str
    args: tuple[()] = ()


class Door:
    """A WSGI application that answers the API's endpoints and leaves the rest to Django's."""

    def __init__(self, django: Application) -> None:
        self.django = django
        self.answer = chain()

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        found = endpoint_at(environ)
        if found is None:
            return self.django(environ, start_response)
        if not greenlets.inside():
            close_old_connections()
        response = self.answer(Request(environ, found))
        status = f"{response.status_code} {response.reason_phrase}"
        start_response(status, [*response.items()])
        if isinstance(response, HttpResponse):
            return (response.content,)
        return response


class Request(WSGIRequest):
    """Django's request, of which nothing is read before it is asked for."""

    def __init__(self, environ: Environ, found: Found) -> None:
        self.environ = self.META = environ
        self.path = self.path_info = found.path
        self.method = environ["REQUEST_METHOD"].upper()
        self.resolver_match = found  # type: ignore[assignment]
        self._set_content_type_params(environ)  # type: ignore[attr-defined]
        length = environ.get("CONTENT_LENGTH", "")
        length = int(length) if length.isdecimal() else 0
        self._stream = LimitedStream(environ["wsgi.input"], length)  # type: ignore[assignment]
        self._read_started = False

    @functools.cached_property
    def headers(self) -> "Headers":  # type: ignore[override]
        """The headers, looked up one by one."""
        return Headers(self.environ)


class Headers:
    """Headers by their names, as WSGI keeps them."""

    def __init__(self, environ: Environ) -> None:
        self.environ = environ

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a header."""
        return self.environ.get(variable(name), default)

    def __getitem__(self, name: str) -> str:
        value: str = self.environ[variable(name)]
        return value

    def __contains__(self, name: str) -> bool:
        return variable(name) in self.environ


@functools.lru_cache(maxsize=1_000)
def variable(header: str) -> str:
    """Name a header as CGI does, RFC 3875, 4.1.18."""
    name = header.upper().replace("-", "_")
    return name if name in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{name}"


def chain() -> Callable[[HttpRequest], HttpResponseBase]:
    """Put the middleware that endpoints pass around each other, the last one inmost."""
    names = settings.MIDDLEWARE[: settings.MIDDLEWARE.index(LAST) + 1]
    answer: Callable[[HttpRequest], HttpResponseBase] = nobody
    for name in reversed(names):
        answer = import_string(name)(answer)
    return convert_exception_to_response(answer)  # type: ignore[return-value]


def nobody(request: HttpRequest) -> HttpResponseBase:
    """Stand behind the middleware that answers every endpoint."""
    raise AssertionError(f"{request.path} is no endpoint")


def endpoint_at(environ: Environ) -> Found | None:
    """Find the endpoint that a request is for, once; None if it is for something else."""
    if FOUND not in environ:
        path = get_path_info(environ)
        is_ours = path.startswith(BEHIND) and not environ.get("SCRIPT_NAME")
        environ[FOUND] = find(path) if is_ours else None
    found: Found | None = environ[FOUND]
    return found


def find(path: str) -> Found | None:
    """Find the endpoint at an address."""
    context = path.split("/", 3)[2]
    for pattern, view in directory(get_resolver()).get(context, ()):
        if match := pattern.match(path[1:]):
            return Found(view, match[2], str(pattern), path)
    return None


@functools.cache
def directory(resolver: URLResolver) -> dict[str, list[tuple[RoutePattern, Any]]]:
    """List the endpoints of each context of a shop."""
    listed: dict[str, list[tuple[RoutePattern, Any]]] = {}
    for route, view in endpoint_patterns(resolver.url_patterns):
        steps = route.split("/")
        if len(steps) > 2 and "<" not in steps[1]:
            pattern = RoutePattern(route, is_endpoint=True)
            listed.setdefault(steps[1], []).append((pattern, view))
    return listed
