"""Every door of the shop, and two views that do next to nothing."""

from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.stubs import tables
from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as shop

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def empty(request: HttpRequest) -> HttpResponse:
    """Answer at once."""
    return HttpResponse(b"{}", content_type="application/json")


def select(request: HttpRequest) -> HttpResponse:
    """Answer after the smallest statement there is, on a connection as every view gets it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse(b"{}", content_type="application/json")


def inserts(request: HttpRequest) -> HttpResponse:
    """Answer after three rows are on disk."""
    with transaction.atomic():
        tables.insert_thrice()
    return HttpResponse(b"{}", content_type="application/json")


class Lean:
    """A view that passes only what endpoints of the API pass."""

    is_endpoint = True

    def __init__(self, view: Callable[[HttpRequest], HttpResponse]) -> None:
        self.view = view

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.view(request)


urlpatterns = [
    path("bench/empty", empty),
    path("api/bench/empty", Lean(empty)),
    path("api/bench/select", Lean(select)),
    path("api/bench/inserts", Lean(inserts)),
    *shop,
]
