"""Refusals as RFC 9457 problem details, each with a code that is documented once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from commerce.telemetry import request_id

from .answers import Answer

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """A documented sort of problem: what it means and what a client should do about it."""

    code: str
    status: int
    title: str
    text: str

    @property
    def url(self) -> str:
        """Where the documentation of this problem is, and its `type`."""
        return f"/api/problems/{self.code}"


@dataclass(frozen=True, kw_only=True)
class ProblemError:
    """One reason, at a place: a JSON Pointer into the body, or the name of a query parameter."""

    code: str
    detail: str = ""
    pointer: str | None = None
    parameter: str | None = None
    meta: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Leave out what does not apply."""
        return {name: value for name, value in vars(self).items() if value is not None}


kinds: dict[str, Kind] = {}


def register(code: str, *, status: int, title: str, text: str) -> None:
    """Document a problem, in one place of the whole house."""
    kind = Kind(code, status, title, text)
    if kinds.setdefault(code, kind) is not kind:
        raise ValueError(f"problem {code!r} is registered already")


class Problem(Exception):
    """Ends a request with a problem; its code must be registered.

    Status and title come from the registered kind unless given; `retry_after` is in seconds.
    """

    def __init__(
        self,
        code: str,
        *,
        status: int | None = None,
        title: str | None = None,
        detail: str | None = None,
        errors: Sequence[ProblemError] = (),
        headers: Mapping[str, str] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code)
        self.kind = kinds[code]
        self.status = status or self.kind.status
        self.title = title or self.kind.title
        self.detail = detail or self.kind.text
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)

    def to_json(self, instance: str) -> dict[str, Any]:
        """Write the problem's members, all of them every time."""
        return {
            "type": self.kind.url,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "code": self.kind.code,
            "errors": [error.to_json() for error in self.errors],
            "trace_id": request_id(),
            "retry_after": self.retry_after,
        }


def respond(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Write a problem as the answer to a request."""
    headers = {"Cache-Control": "no-store", "Content-Type": MEDIA_TYPE, **problem.headers}
    return Answer(msgspec.json.encode(problem.to_json(request.path)), problem.status, headers)
