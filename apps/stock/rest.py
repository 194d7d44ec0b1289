"""Availability for shop fronts and partners."""

from typing import Annotated

import msgspec
from django.urls import path

from commerce.rest.endpoint import ApiRequest, Reply, endpoint

from .interface import Availability
from .service import StockService

Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class Wanted(msgspec.Struct, kw_only=True):
    """Which SKUs: `?sku=MUG,TEE`."""

    sku: Annotated[tuple[Sku, ...], msgspec.Meta(min_length=1, max_length=100)]


class Shown(msgspec.Struct, kw_only=True):
    """How many units can be reserved now; `free` is null where nobody counts."""

    sku: str
    in_stock: bool
    free: int | None


class Shelf(msgspec.Struct):
    """One entry for each SKU asked for, in that order; an unknown one is not in stock."""

    data: list[Shown]


@endpoint("GET", credentials=("pk", "sk"), query=Wanted, cache=1, answers={200: Shelf})
def availability(request: ApiRequest, *, query: Wanted) -> Reply:
    """Return how many units of each SKU can be reserved at this moment."""
    found = StockService().available(skus=query.sku)
    return Reply(body=Shelf([shown(sku, there) for sku, there in found.items()]))


def shown(sku: str, there: Availability) -> Shown:
    """Write an availability as the API does."""
    if not there.tracked:
        return Shown(sku=sku, in_stock=True, free=None)
    return Shown(sku=sku, in_stock=there.free > 0, free=there.free)


urlpatterns = [path("availability", availability, name="stock-availability")]
