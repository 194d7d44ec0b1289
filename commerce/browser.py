"""What a shopper's browser carries for us, and proof that a form was sent from our own pages.

Cached pages are the same for everyone, so their forms hold no CSRF token. Browsers themselves say
where a request comes from (Fetch Metadata, https://www.w3.org/TR/fetch-metadata/, and Origin), and
a page of another site cannot change that.
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt

from . import ids
from .proof import prove, proves

View = TypeVar("View", bound=Callable[..., HttpResponse])
SAFE = {"GET", "HEAD", "OPTIONS"}  # methods that change nothing, RFC 9110, 9.2.1
LIFETIME = 30 * 24 * 3600  # seconds a browser remembers


def carried(request: HttpRequest, kind: str) -> UUID | None:
    """Return the id of this kind that the browser carries, if we gave it."""
    name, _, token = request.COOKIES.get(cookie(kind), "").partition(".")
    try:
        value = ids.parse(kind, name)
    except ids.UnknownId:
        return None
    return value if proves(kind, value, token) else None


def carry(response: HttpResponse, kind: str, value: UUID) -> None:
    """Let the browser carry an id that no script can read and nobody can make up."""
    token = f"{ids.public(kind, value)}.{prove(kind, value)}"
    response.set_cookie(
        cookie(kind),
        token,
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def drop(response: HttpResponse, kind: str) -> None:
    """Let the browser forget the id of this kind."""
    response.set_cookie(
        cookie(kind),
        max_age=0,
        expires="Thu, 01 Jan 1970 00:00:00 GMT",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def cookie(kind: str) -> str:
    """Name a cookie; over HTTPS one that no other host can have written (RFC 6265bis, 4.1.3)."""
    return f"__Host-{kind}" if settings.SESSION_COOKIE_SECURE else kind


def from_our_pages(view: View) -> View:
    """Refuse a form that another site's page sends; takes the place of a CSRF token."""

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in SAFE and not same_origin(request):
            raise PermissionDenied("This form was not sent from the shop.")
        return view(request, *args, **kwargs)

    return cast("View", csrf_exempt(checked))


def same_origin(request: HttpRequest) -> bool:
    """Tell whether the browser says that one of our own pages, or the shopper, sent this."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc == request.get_host()


def back(request: HttpRequest, otherwise: str) -> str:
    """Return the page of ours that the shopper came from."""
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    return came_from if ours else otherwise


def onward(request: HttpRequest, otherwise: str) -> str:
    """Return the page of ours that an address or a form names as the `next` one."""
    sent = request.POST if request.method == "POST" else request.GET
    wanted = sent.get("next", "")
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours else otherwise


def wants_json(request: HttpRequest) -> bool:
    """Tell whether a script asks, rather than a person who wants a page."""
    return request.headers.get("Accept", "").startswith("application/json")
