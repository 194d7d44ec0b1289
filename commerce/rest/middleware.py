"""Refuses what no part of the shop can read, and answers what a view could not."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation

from commerce.security import PERMISSIONS
from commerce.settled import settled

from . import errors
from .problems import Problem

# What browsers may do with an answer that is for programs: nothing.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Permissions-Policy": PERMISSIONS,
    "X-Frame-Options": "DENY",
}


MOST_HOSTS = 100  # remembered by a process


class ProblemMiddleware:
    """Stands around every view, pages and API alike."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return unreadable(request) or self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Answer an exception of a view."""
        return errors.answer(request, exception)


class EndpointMiddleware:
    """Answers endpoints of the API at once, past what only pages need.

    An endpoint has no session, no form, no signed-in user and no message; its answer has the
    headers below instead of a policy for pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found = endpoint_of(request)
        if found is None:
            return self.get_response(request)
        request.resolver_match = found
        response = unreadable(request) or answer(request, found)
        for name, value in HEADERS.items():
            response.headers[name] = value
        if isinstance(response, HttpResponse):
            response.headers["Content-Length"] = str(len(response.content))
        return response


def endpoint_of(request: HttpRequest) -> ResolverMatch | None:
    """Find the endpoint that a request is for, if it is for one."""
    if not errors.is_api(request):
        return None
    if request.resolver_match:  # the door has found it
        return request.resolver_match
    try:
        found = resolve(request.path_info)
    except Resolver404:
        return None
    return found if getattr(found.func, "is_endpoint", False) else None


def answer(request: HttpRequest, found: ResolverMatch) -> HttpResponseBase:
    """Ask the endpoint, in the reader's language."""
    speak(request)
    try:
        check_host(request)
        response: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
    except Exception as exception:
        refusal = errors.answer(request, exception)
        if refusal is None:
            raise
        return refusal
    return response


def check_host(request: HttpRequest) -> None:
    """Refuse a host that is not ours."""
    host = request._get_raw_host()  # type: ignore[attr-defined]
    if host not in hosts():
        request.get_host()
        if len(hosts()) < MOST_HOSTS:
            hosts().add(host)


@settled
def hosts() -> set[str]:
    """Remember names that were found to be ours."""
    return set()


def speak(request: HttpRequest) -> None:
    """Choose the language of what people will read."""
    accepted = "HTTP_ACCEPT_LANGUAGE" in request.META or "HTTP_COOKIE" in request.META
    chosen = translation.get_language_from_request(request) if accepted else settings.LANGUAGE_CODE
    translation.activate(chosen)


def unreadable(request: HttpRequest) -> HttpResponseBase | None:
    """Refuse the character that PostgreSQL cannot keep."""
    if "\0" in request.path_info:
        return errors.refuse(request, Problem("not-found"))
    if "%00" in request.META.get("QUERY_STRING", ""):
        detail = "The character U+0000 is not allowed in a query."
        return errors.refuse(request, Problem("bad-request", detail=detail))
    return None
