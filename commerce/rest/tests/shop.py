"""A shop with one kind of goods, whose API makes every promise the kernel keeps."""

import threading
from typing import Annotated, Any

from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from msgspec import Meta, Struct

from commerce import ids
from commerce.rest import problems
from commerce.rest import urls as rest
from commerce.rest.endpoint import ApiRequest, Reply, endpoint, resource
from commerce.rest.pagination import PageQuery, page, position
from commerce.rest.problems import Problem, ProblemError
from commerce.rest.shapes import Amount, Body
from commerce.services import ServiceUnavailable

problems.register(
    "out-of-mugs", status=409, title="No mugs", text="There are no mugs left. Drink from the tap."
)


class Line(Body, frozen=True):
    sku: str
    quantity: Annotated[int, Meta(ge=1, le=999)] = 1


class Order(Body, frozen=True):
    lines: list[Line]
    note: str = ""
    price: Amount | None = None


class Filter(PageQuery, frozen=True):
    sku: Annotated[tuple[str, ...], Meta(max_length=3)] = ()
    f: dict[str, tuple[str, ...]] = {}


class Placed(Struct):
    id: str
    lines: int


class Till:
    """Counts effects, and lets a test hold one open or make the next ones fail."""

    def __init__(self) -> None:
        self.effects: list[str] = []
        self.failures: list[Exception] = []
        self.gate = threading.Event()
        self.entered = threading.Event()
        self.reset()

    def reset(self) -> None:
        self.effects.clear()
        self.failures.clear()
        self.entered.clear()
        self.gate.set()

    def ring(self, what: str) -> None:
        self.entered.set()
        self.gate.wait(5)
        if self.failures:
            raise self.failures.pop(0)
        self.effects.append(what)


till = Till()
FAILURES: dict[str, Exception] = {
    "database": OperationalError("connection to server failed: password for halles"),
    "service": ServiceUnavailable(reason="stock is away"),
    "data": DataError("value too long"),
    "missing": Http404(),
    "foreign": ids.UnknownId("cart_1"),
    "bug": ZeroDivisionError("secret detail"),
}


@endpoint(
    "POST",
    credentials=("ct",),
    body=Order,
    idempotency="required",
    answers={201: Placed},
    problems=("out-of-mugs",),
)
def place(request: ApiRequest, shop: str, *, body: Order) -> Reply:
    """Place an order.

    It has an effect once.
    """
    till.ring(shop)
    return Reply(201, Placed(shop, len(body.lines)), {"Location": f"/api/mugs/v1/{shop}/orders/1"})


@endpoint("POST", credentials=("ct",), body=Order, idempotency="natural")
def place_naturally(request: ApiRequest, shop: str, *, body: Order) -> Reply:
    """Place an order that cannot be placed twice anyway."""
    till.ring(shop)
    return Reply(202, {"id": shop}, {"Retry-After": "1"})


@endpoint("POST", credentials=("pk",), body=Order, idempotency="accepted")
def offer(request: ApiRequest, shop: str, *, body: Order) -> Reply:
    """Offer an order."""
    till.ring(shop)
    return Reply(201, {"id": shop})


@endpoint("GET", credentials=("public",), cache=60)
def show(request: ApiRequest, shop: str) -> Reply:
    """Show the shop."""
    return Reply(200, {"id": shop}, version=4)


@endpoint("PATCH", credentials=("ct",), body=Line, if_match=True)
def change(request: ApiRequest, shop: str, *, expected: int, body: Line) -> Reply:
    """Change the shop."""
    return Reply(200, {"expected": expected}, version=expected + 1)


@endpoint("GET", credentials=("sk", "pk"), scopes=("mugs:read",), query=Filter)
def mugs(request: ApiRequest, *, query: Filter) -> Reply:
    """List mugs."""
    start = position(query, int) or 0
    rows = list(range(start, 7))[: query.limit + 1]
    return page(request, query, rows, place=lambda row: row + 1, show=lambda row: {"mug": row})


@endpoint("GET", credentials=("public",))
def fail(request: ApiRequest, how: str) -> Reply:
    """Fail."""
    raise FAILURES[how]


@endpoint("GET", credentials=("public",))
def refuse(request: ApiRequest) -> Reply:
    """Refuse."""
    error = ProblemError(pointer="/quantity", code="out-of-mugs", meta={"available": 1})
    raise Problem("out-of-mugs", errors=[error], headers={"X-Mugs": "0"})


def failing_page(request: HttpRequest, how: str) -> HttpResponse:
    raise FAILURES[how]


def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.POST.get("name", ""))


api: list[Any] = [
    path("mugs", mugs),
    path("fail/<how>", fail),
    path("refuse", refuse),
    path("<shop>", resource(show, change)),
    path("<shop>/orders", place),
    path("<shop>/natural-orders", place_naturally),
    path("<shop>/offers", offer),
]
urlpatterns = [
    path("", include("commerce.rest.urls")),
    path("api/mugs/v1/", include(api)),
    *rest.nowhere,
    path("pages/shop/<shop>", show),
    path("pages/form", form),
    path("pages/<how>", failing_page),
    path("api/<path:anything>/", form),
]
handler400 = "commerce.rest.errors.bad_request"
handler403 = "commerce.rest.errors.forbidden"
handler404 = "commerce.rest.errors.not_found"
handler500 = "commerce.rest.errors.broken"
