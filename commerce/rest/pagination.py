"""Lists in pages: an opaque cursor says where the next page begins."""

import base64
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import msgspec
from django.http import HttpRequest

from .endpoint import Reply
from .problems import Problem, ProblemError

R = TypeVar("R")
P = TypeVar("P")


class PageQuery(msgspec.Struct, kw_only=True, frozen=True):
    """The query parameters of every list; a list with filters adds its own fields."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50
    after: str = ""


class Cursor(msgspec.Struct, frozen=True):
    """How a list goes on."""

    next: str | None
    has_more: bool


def position(query: PageQuery, shape: type[P]) -> P | None:
    """Return where the page begins (what `page` was given for the last row), None at the start."""
    if not query.after:
        return None
    try:
        padded = query.after + "=" * (-len(query.after) % 4)
        return msgspec.msgpack.decode(base64.b64decode(padded, b"-_", validate=True), type=shape)
    except (ValueError, RecursionError):
        error = ProblemError(code="cursor-invalid", parameter="after")
        raise Problem("cursor-invalid", errors=[error]) from None


def page(
    request: HttpRequest,
    query: PageQuery,
    rows: Sequence[R],
    *,
    place: Callable[[R], Any],
    show: Callable[[R], Any],
) -> Reply:
    """Write one page of a list, of which the caller fetched up to `limit + 1` rows.

    `place` gives what `position` returns to begin after a row; `show` gives its JSON.
    """
    shown, more = rows[: query.limit], len(rows) > query.limit
    cursor = encode(place(shown[-1])) if more else None
    body = {"data": [show(row) for row in shown], "page": {"next": cursor, "has_more": more}}
    return Reply(200, body, {"Link": next_link(request, cursor)} if cursor else {})


def encode(place: Any) -> str:
    """Write a place in a list as an opaque cursor."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(place)).rstrip(b"=").decode()


def next_link(request: HttpRequest, cursor: str) -> str:
    """Point to the next page as RFC 8288 does."""
    query = request.GET.copy()
    query["after"] = cursor
    return f'<{request.path}?{query.urlencode()}>; rel="next"'
