"""The decorator that makes a plain function view keep every promise of the API.

It is the hot path of the shop: no DRF, one pass from bytes to typed values and back.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import IO, Any, Literal

import msgspec
import redis
import structlog
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from commerce.shapes import learn
from commerce.telemetry.metrics import FAILED_OPEN

from . import bodies, throttles
from .answers import Answer
from .credentials import ApiRequest, Caller, address, identify
from .idempotency import (
    BRIEF_SECONDS,
    CLAIM_SECONDS,
    RETRY_AFTER,
    Claim,
    InFlight,
    Replayed,
    check_key,
    claim_key,
    once_of,
)
from .lines import MEDIA_TYPE as NDJSON
from .problems import Problem, respond
from .refusals import problem_of

__all__ = ["ApiRequest", "Document", "Endpoint", "Lines", "Reply", "endpoint", "resource"]

log = structlog.get_logger("halles.rest")
ENTITY_TAG = re.compile(r'(?:W/)?"(\d{1,18})"')  # gzip on the way makes strong tags weak
View = Callable[..., "Reply"]


class Reply(msgspec.Struct, frozen=True):
    """What a view answers: a status, a body for msgspec to write, and headers.

    Money goes in as `money.to_json()`. A version becomes the ETag that If-Match wants back.
    """

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = {}
    version: int | None = None

    @property
    def content(self) -> bytes:
        """The body as JSON."""
        return b"" if self.body is None else msgspec.json.encode(self.body)

    @property
    def fields(self) -> dict[str, str]:
        """All headers."""
        version = {} if self.version is None else {"ETag": f'"{self.version}"'}
        return {"Content-Type": "application/json", **self.headers, **version}

    def to_response(self) -> HttpResponseBase:
        """Write the reply as JSON."""
        return Answer(self.content, self.status, self.fields)


class Lines(Reply, frozen=True, kw_only=True):
    """An answer of one JSON object a line, in a file that may be larger than the memory."""

    file: IO[bytes]

    def to_response(self) -> HttpResponseBase:
        """Send the file, which ends with the answer."""
        return FileResponse(self.file, content_type=NDJSON, headers=dict(self.headers))


class Document(Reply, frozen=True, kw_only=True):
    """An answer that is a file, written as the endpoint's `media` says."""

    data: bytes
    media: str
    name: str

    @property
    def content(self) -> bytes:
        """The file itself."""
        return self.data

    @property
    def fields(self) -> dict[str, str]:
        """All headers."""
        place = f'inline; filename="{self.name}"'
        return {"Content-Type": self.media, "Content-Disposition": place, **self.headers}


@dataclass(frozen=True, eq=False)
class endpoint:  # noqa: N801 - a decorator, like property
    """Makes a view an endpoint of the API, on these terms.

    `body` and `query` are msgspec Structs; `answers` maps a status to the type of its body and
    `problems` lists the context's own codes, both for the OpenAPI document. `cache` is in seconds
    at the edge. `idempotency`: "required" and "natural" want the header, "accepted" allows it;
    "natural" says that the view is repeatable by a key of its own and may run without Redis;
    "kept" gives it `once`, to keep the answer together with what it changes.
    `lines` is what each line of an NDJSON body is: the view reads the stream, and is repeatable
    line by line. `media` is what a file is that it answers with. `light`: it is answered on the
    event loop, so neither it nor whoever checks its credentials may block, see
    `commerce.greenlets`.
    """

    method: str
    _: KW_ONLY
    credentials: tuple[str, ...]
    scopes: tuple[str, ...] = ()
    body: type[msgspec.Struct] | None = None
    lines: type[msgspec.Struct] | None = None
    query: type[msgspec.Struct] | None = None
    idempotency: Literal["required", "accepted", "natural", "kept"] | None = None
    if_match: bool = False
    cache: int | None = None
    limit: Literal["read", "write", "hold", "login", "webhook"] | None = None
    light: bool = False
    media: str | None = None
    answers: Mapping[int, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.body and not self.body.__struct_config__.forbid_unknown_fields:
            raise TypeError(f"{self.body.__name__} must have forbid_unknown_fields=True")
        for shape in filter(None, (self.body, self.lines, self.query)):
            learn(shape)

    def __call__(self, view: View) -> "Endpoint":
        """Decorate a view."""
        return Endpoint(self, view)

    @property
    def route_class(self) -> str:
        """Which limit counts requests here."""
        return self.limit or ("read" if self.method == "GET" else "write")


@dataclass(frozen=True, eq=False)
class Endpoint:
    """One method on one path: its terms, and the view that answers."""

    terms: endpoint
    view: View
    is_endpoint = True  # see EndpointMiddleware
    csrf_exempt = True  # no cookie is a credential here

    @property
    def endpoints(self) -> Mapping[str, "Endpoint"]:
        """Itself, as a resource with one method."""
        return {self.terms.method: self}

    def __call__(self, request: HttpRequest, **path: Any) -> HttpResponseBase:
        """Answer as a Django view that knows this one method."""
        return dispatch(request, self.endpoints, path)

    def answer(self, request: HttpRequest, path: dict[str, Any]) -> HttpResponseBase:
        """Check everything that needs no knowledge of the context, then ask the view."""
        caller = self.admit(request)
        level = throttles.take(request, self.terms.route_class, caller.bucket)
        request.caller = caller  # type: ignore[attr-defined]
        arguments = path | self.arguments(request)
        response = self.once(request, caller, arguments)
        if self.terms.cache is None and level:
            for name, value in level.headers.items():
                response.headers[name] = value
        return self.with_caching(request, response)

    def admit(self, request: HttpRequest) -> Caller:
        """Identify the caller; those who try keys are limited by address."""
        try:
            return identify(request, self.terms.credentials, self.terms.scopes)
        except Problem as problem:
            if problem.kind.code == "credentials-invalid":
                throttles.take(request, "login", address(request))
            raise

    def arguments(self, request: HttpRequest) -> dict[str, Any]:
        """Read what the view wants besides the path: `body`, `query`, `expected`."""
        wanted: dict[str, Any] = {}
        if self.terms.if_match:
            wanted["expected"] = expected_version(request)
        if self.terms.query:
            wanted["query"] = bodies.read_query(request.GET, self.terms.query)
        if self.terms.body:
            wanted["body"] = bodies.read(request, self.terms.body)
        return wanted

    def once(
        self, request: HttpRequest, caller: Caller, arguments: dict[str, Any]
    ) -> HttpResponseBase:
        """Run the view, once for each idempotency key if there is one."""
        if self.terms.idempotency == "kept":
            return self.keep(request, caller, arguments)
        claim = self.claim(request, caller)
        if claim is None:
            return self.run(request, arguments)
        if isinstance(claim, HttpResponse):
            return claim
        try:
            response = self.run(request, arguments)
        except BaseException:
            settle(claim.release)
            raise
        if isinstance(response, HttpResponse):
            kept = response
            settle(lambda: claim.keep(kept))
        return response

    def keep(
        self, request: HttpRequest, caller: Caller, arguments: dict[str, Any]
    ) -> HttpResponseBase:
        """Run a view that keeps its answers itself."""
        key = request.headers.get("Idempotency-Key")
        if key is None:
            raise Problem("idempotency-key-missing")
        once = once_of(request, owner=caller.owner, key=key)
        try:
            return self.run(request, arguments | {"once": once})
        except Replayed as earlier:
            return once.replay(earlier.kept)
        except InFlight:
            raise Problem("idempotency-in-flight", retry_after=RETRY_AFTER) from None

    def claim(self, request: HttpRequest, caller: Caller) -> Claim | HttpResponse | None:
        """Claim the request's key; a naturally repeatable view works without Redis, too."""
        key = request.headers.get("Idempotency-Key")
        if self.terms.idempotency is None or (key is None and self.terms.idempotency == "accepted"):
            return None
        if key is None:
            raise Problem("idempotency-key-missing")
        if self.terms.lines:
            check_key(key)
            return None
        try:
            seconds = CLAIM_SECONDS if self.terms.idempotency == "required" else BRIEF_SECONDS
            return claim_key(request, owner=caller.owner, key=key, seconds=seconds)
        except redis.RedisError:
            if self.terms.idempotency != "natural":
                raise
            FAILED_OPEN.labels("idempotency").inc()
            return None

    def run(self, request: HttpRequest, arguments: dict[str, Any]) -> HttpResponseBase:
        """Ask the view; a refusal becomes a problem, a defect stays an exception."""
        try:
            return self.view(request, **arguments).to_response()
        except Exception as exception:
            return refuse(request, exception)

    def with_caching(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say who may keep the answer, and shorten one the client has already."""
        if self.terms.method != "GET" or response.status_code != 200:
            response.headers.setdefault("Cache-Control", "no-store")
            return response
        response.headers.setdefault("Cache-Control", cache_control(self.terms.cache))
        if not isinstance(response, HttpResponse):
            return response
        etag = response.headers.get("ETag")
        return get_conditional_response(request, etag=etag, response=response) or response


def cache_control(seconds: int | None) -> str:
    """Let shared caches keep an answer so many seconds, or nobody at all."""
    if seconds is None:
        return "no-store"
    return f"public, max-age=0, s-maxage={seconds}, stale-while-revalidate={seconds}"


@dataclass(frozen=True, eq=False)
class Resource:
    """Several endpoints on one path, told apart by their method."""

    endpoints: Mapping[str, Endpoint]
    is_endpoint = True
    csrf_exempt = True

    def __call__(self, request: HttpRequest, **path: Any) -> HttpResponseBase:
        """Answer as a Django view."""
        return dispatch(request, self.endpoints, path)


def resource(*endpoints: Endpoint) -> Resource:
    """Put several methods on one path: `path("carts/<cart>", resource(show, change, drop))`."""
    return Resource({each.terms.method: each for each in endpoints})


def dispatch(
    request: HttpRequest, endpoints: Mapping[str, Endpoint], path: dict[str, Any]
) -> HttpResponseBase:
    """Find the endpoint for the method and let nothing but defects escape as exceptions."""
    chosen = endpoints.get("GET" if request.method == "HEAD" else str(request.method))
    try:
        if chosen is None:
            raise Problem("method-not-allowed", headers={"Allow": ", ".join(sorted(endpoints))})
        return chosen.answer(request, path)
    except Exception as exception:
        return refuse(request, exception)


def refuse(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an exception that is a refusal; raise it again if it is a defect."""
    problem = problem_of(exception)
    if problem is None:
        raise exception
    if problem.status >= 500:
        log.warning("unavailable", reason=type(exception).__name__, cause=str(exception))
    return respond(request, problem)


def expected_version(request: HttpRequest) -> int:
    """Return the version in If-Match, which the view compares in the step that changes it."""
    given = request.headers.get("If-Match")
    if given is None:
        raise Problem("precondition-required")
    tag = ENTITY_TAG.fullmatch(given.strip())
    if tag is None:
        raise Problem("precondition-failed")
    return int(tag[1])


def settle(end: Callable[[], None]) -> None:
    """End a claim; if Redis is gone it ends by itself soon, and the answer stands."""
    try:
        end()
    except redis.RedisError as problem:
        log.warning("idempotency answer not kept", cause=str(problem))
