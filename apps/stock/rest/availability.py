"""Availability for shop fronts and partners."""

from typing import Annotated

import msgspec
from django.conf import settings

from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.problems import Problem, ProblemError

from ..interface import Availability
from ..models import Location
from ..service import available

Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class Wanted(msgspec.Struct, kw_only=True):
    """Which SKUs, `?sku=MUG,TEE`, and at which location if not all that sell together."""

    sku: Annotated[tuple[Sku, ...], msgspec.Meta(min_length=1, max_length=100)]
    location: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class Shown(msgspec.Struct, kw_only=True):
    """How many units can be reserved now; `free` is null where nobody counts, or nobody says."""

    sku: str
    in_stock: bool
    free: int | None


class Shelf(msgspec.Struct):
    """One entry for each SKU asked for, in that order; an unknown one is not in stock."""

    data: list[Shown]


@endpoint(
    "GET",
    credentials=("pk", "sk"),
    query=Wanted,
    cache=1,
    answers={200: Shelf},
    problems=("location-unknown",),
)
def availability(request: ApiRequest, *, query: Wanted) -> Reply:
    """Return how many units of each SKU can be reserved at this moment.

    The shop decides whether shop fronts see the exact figure, only a low one, or none.
    """
    if query.location and not Location.objects.filter(code=query.location).exists():
        error = ProblemError(code="location-unknown", parameter="location")
        raise Problem("location-unknown", errors=[error])
    display = "exact" if request.caller.credential == "sk" else settings.STOCK_DISPLAY
    found = available(query.sku, query.location)
    return Reply(body=Shelf([shown(sku, there, display) for sku, there in found.items()]))


def shown(sku: str, there: Availability, display: str) -> Shown:
    """Write an availability as far as it is told."""
    if not there.tracked:
        return Shown(sku=sku, in_stock=True, free=None)
    told = display == "exact" or (
        display == "threshold" and there.free <= settings.STOCK_DISPLAY_THRESHOLD
    )
    return Shown(sku=sku, in_stock=there.free > 0, free=there.free if told else None)
