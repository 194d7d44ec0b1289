"""Refuses what no part of the shop can read, and answers what a view could not."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from . import errors
from .problems import Problem


class ProblemMiddleware:
    """Stands around every view, pages and API alike."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info:
            return errors.refuse(request, Problem("not-found"))
        if "%00" in request.META.get("QUERY_STRING", ""):
            detail = "The character U+0000 is not allowed in a query."
            return errors.refuse(request, Problem("bad-request", detail=detail))
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Answer an exception of a view."""
        return errors.answer(request, exception)
