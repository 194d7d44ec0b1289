"""Coupons over the API: one by one, or a batch of codes that nobody guesses."""

from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid5

import msgspec
from django.core.exceptions import ValidationError
from django.urls import reverse
from msgspec import Meta

from commerce import ids
from commerce.operations import rest as operations
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.pagination import Cursor, PageQuery, page, position
from commerce.rest.problems import Problem
from commerce.rest.shapes import Body

from ..models import Batch, Coupon
from ..service import coupons, works
from .problems import invalid
from .promotions import READ, WRITE, Uses, because, found

AT_ONCE = 100_000
MOST = 1_000_000
BATCHES = UUID("0193b1a0-7c6e-7d44-9a51-5f0c8e2b7a10")  # where ids of batches come from
Code = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,60}$")]
Prefix = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{0,20}$")]
Limit = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class NewCoupon(Body, frozen=True):
    """A code, in small or capital letters alike, and how many orders may use it."""

    code: Code
    customer: UUID | None = None
    use_limit: Uses | None = None
    customer_limit: Uses | None = None


class NewBatch(Body, frozen=True):
    """How many codes, how they begin, and how many orders may use each of them: one unless told."""

    count: Annotated[int, Meta(ge=1, le=MOST)]
    name: Annotated[str, Meta(max_length=120)] = ""
    prefix: Prefix = ""
    use_limit: Limit | None = 1
    customer_limit: Limit | None = None


class InBatch(PageQuery, frozen=True):
    """Which coupons: all of a promotion, or those of one batch."""

    batch: str = ""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon; `customer` alone can use it if one is named, and `used` counts orders."""

    code: str
    promotion: str
    batch: str | None
    customer: UUID | None
    use_limit: int | None
    customer_limit: int | None
    used: int


class Page(msgspec.Struct, frozen=True):
    """A page of coupons, the first ones first."""

    data: list[Shown]
    page: Cursor


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """Coupons that were issued at once; `Location` lists them."""

    id: str
    name: str
    count: int
    made_at: datetime


@endpoint("GET", credentials=("sk",), scopes=READ, query=InBatch, answers={200: Page})
def listed(request: ApiRequest, key: str, *, query: InBatch) -> Reply:
    """List the coupons of a promotion, or of one batch."""
    after = position(query, int) or 0
    rows = found(key).coupons.filter(pk__gt=after).select_related("promotion").order_by("pk")
    if query.batch:
        rows = rows.filter(batch=ids.parse("batch", query.batch))
    return page(request, query, list(rows[: query.limit + 1]), place=lambda row: row.pk, show=shown)


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=WRITE,
    body=NewCoupon,
    idempotency="required",
    answers={201: Shown},
    problems=("coupon-exists", "coupon-invalid", "coupon-not-needed"),
)
def create(request: ApiRequest, key: str, *, body: NewCoupon) -> Reply:
    """Issue a coupon with a code of your own."""
    try:
        made = coupons.issue(found(key), **msgspec.structs.asdict(body))
    except coupons.CodeTaken:
        raise because("coupon-exists", "/code") from None
    except coupons.NeedsNoCoupon:
        raise because("coupon-not-needed", None) from None
    except ValidationError as refusal:
        raise invalid("coupon-invalid", refusal) from None
    place = reverse("pricing-coupon", args=[made.code])
    return Reply(201, shown(made), {"Location": place})


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=WRITE,
    body=NewBatch,
    idempotency="natural",
    answers={201: Issued, 202: operations.OperationShown},
    problems=("coupon-not-needed",),
)
def create_many(request: ApiRequest, key: str, *, body: NewBatch) -> Reply:
    """Issue up to a million coupons; with the same Idempotency-Key there is one batch.

    More than 100,000 are issued by workers: the answer is 202, and `Location` tells how far it is.
    """
    owner = request.caller.owner
    batch = uuid5(BATCHES, f"{owner} {key} {request.headers['Idempotency-Key']}")
    told = msgspec.structs.asdict(body)
    try:
        if body.count > AT_ONCE:
            return operations.accepted(works.issue(found(key), batch=batch, owner=owner, **told))
        made = coupons.issue_many(found(key), batch=batch, **told)
    except coupons.NeedsNoCoupon:
        raise because("coupon-not-needed", None) from None
    place = f"{reverse('pricing-coupons', args=[key])}?batch={ids.public('batch', made.id)}"
    return Reply(201, issued(made), {"Location": place})


@endpoint("GET", credentials=("sk",), scopes=READ, answers={200: Shown})
def show(request: ApiRequest, code: str) -> Reply:
    """Show a coupon, by its code in small or capital letters."""
    try:
        return Reply(200, shown(coupons.find(code)))
    except Coupon.DoesNotExist:
        raise Problem("not-found") from None


@endpoint("DELETE", credentials=("sk",), scopes=WRITE, answers={204: None})
def drop(request: ApiRequest, code: str) -> Reply:
    """Withdraw a coupon: it opens nothing any more, and orders that used it keep what they got."""
    try:
        coupons.withdraw(code)
    except Coupon.DoesNotExist:
        raise Problem("not-found") from None
    return Reply(204)


def shown(coupon: Coupon) -> Shown:
    """Write a coupon."""
    return Shown(
        code=coupon.code,
        promotion=coupon.promotion.key,
        batch=ids.public("batch", coupon.batch_id) if coupon.batch_id else None,
        customer=coupon.customer,
        use_limit=coupon.use_limit,
        customer_limit=coupon.customer_limit,
        used=coupon.used,
    )


def issued(batch: Batch) -> Issued:
    """Write a batch."""
    return Issued(
        id=ids.public("batch", batch.id), name=batch.name, count=batch.count, made_at=batch.made_at
    )
