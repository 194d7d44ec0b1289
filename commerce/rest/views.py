"""The API's own doors: where to begin, what it offers, and what its problems mean."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from msgspec import Struct

from . import openapi, problems, reference
from .endpoint import Endpoint, Reply, cache_control, endpoint
from .errors import not_found
from .problems import Problem

CACHED = 300  # seconds; the documents change with a release


@dataclass(frozen=True, eq=False)
class Readable:
    """An endpoint for programs with a page for people, by what the client accepts."""

    endpoint: Endpoint
    page: Callable[..., HttpResponse]
    csrf_exempt = True

    @property
    def endpoints(self) -> Mapping[str, Endpoint]:
        """The endpoint, for the OpenAPI document."""
        return self.endpoint.endpoints

    def __call__(self, request: HttpRequest, **path: Any) -> HttpResponseBase:
        """Answer JSON unless the client would rather have HTML."""
        wants_page = request.get_preferred_type(["application/json", "text/html"]) == "text/html"
        answer = self.page if wants_page and request.method in {"GET", "HEAD"} else self.endpoint
        response = answer(request, **path)
        patch_vary_headers(response, ["Accept"])
        return response


class Context(Struct, frozen=True):
    """A part of the shop, with the version of its API."""

    name: str
    version: str
    url: str
    openapi: str


class Index(Struct, frozen=True):
    """Where everything else begins."""

    name: str
    contexts: list[Context]
    links: dict[str, str]


class ProblemText(Struct, frozen=True):
    """What a problem means and what to do about it."""

    type: str
    code: str
    status: int
    title: str
    text: str


@endpoint("GET", credentials=("public",), cache=CACHED, answers={200: Index})
def index(request: HttpRequest) -> Reply:
    """List the contexts, their versions, and where they are described."""
    places = [(name, f"v{major}", f"/api/{name}/v{major}/") for name, major in openapi.contexts()]
    listed = [Context(name, major, url, f"{url}openapi.json") for name, major, url in places]
    links = {"openapi": "/api/openapi.json", "docs": "/api/docs"}
    return Reply(200, Index("Halles", listed, links))


@endpoint("GET", credentials=("public",), cache=CACHED, answers={200: dict[str, Any]})
def whole_document(request: HttpRequest) -> Reply:
    """Describe the whole API as one OpenAPI document."""
    return Reply(200, openapi.document())


@endpoint("GET", credentials=("public",), cache=CACHED, answers={200: dict[str, Any]})
def context_document(request: HttpRequest, context: str, major: int) -> Reply:
    """Describe the API of one context as an OpenAPI document."""
    if (context, major) not in openapi.contexts():
        raise Problem("not-found")
    return Reply(200, openapi.document(context, major))


@endpoint("GET", credentials=("public",), cache=CACHED, answers={200: ProblemText})
def problem_document(request: HttpRequest, code: str) -> Reply:
    """Say what a problem means and what to do about it."""
    if code not in problems.kinds:
        raise Problem("not-found")
    kind = problems.kinds[code]
    return Reply(200, ProblemText(kind.url, code, kind.status, kind.title, kind.text))


def problem_page(request: HttpRequest, code: str) -> HttpResponse:
    """Say the same to a person."""
    if code not in problems.kinds:
        return not_found(request, Problem("not-found"))
    response = render(request, "rest/problem.html", {"kind": vars(problems.kinds[code])})
    response.headers["Cache-Control"] = cache_control(CACHED)
    return response


def docs(request: HttpRequest) -> HttpResponse:
    """Show the whole API on one page."""
    listed = sorted(problems.kinds.values(), key=lambda kind: (kind.status, kind.code))
    values = {
        "chapters": reference.chapters(openapi.document()),
        "problems": [{**vars(kind), "url": kind.url} for kind in listed],
    }
    response = render(request, "rest/docs.html", values)
    response.headers["Cache-Control"] = cache_control(CACHED)
    return response


def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer an address that no door of the API has, before pages try to make sense of it."""
    return not_found(request, Problem("not-found"))


problem = Readable(problem_document, problem_page)
