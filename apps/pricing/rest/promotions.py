"""Promotions over the API."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.core.exceptions import ValidationError
from django.urls import reverse
from msgspec import UNSET, Meta, UnsetType

from commerce import clock
from commerce.money import Money
from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.pagination import Cursor, PageQuery, page, position
from commerce.rest.problems import Problem, ProblemError
from commerce.rest.shapes import Amount, Body

from ..models import Promotion
from ..service import promotions
from .problems import invalid

READ, WRITE = ("pricing:read",), ("pricing:write",)
Key = Annotated[str, Meta(pattern="^[a-z][a-z0-9-]{0,59}$")]
Name = Annotated[str, Meta(min_length=1, max_length=120)]
Priority = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
Uses = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Moment = Annotated[datetime, Meta(tz=True)]
CurrencyCode = Annotated[str, Meta(pattern="^([A-Z]{3})?$")]
Major = Annotated[str, Meta(pattern=r"^\d{1,12}(\.\d{1,4})?$")]


class NewPromotion(Body, frozen=True):
    """A rule for carts, which works once it is activated; `terms` say when, and what it does.

    Amounts in `terms` and the `budget` are in major units of `currency`. Without a currency it
    counts in each one, and names no amount.
    """

    key: Key
    name: Name
    terms: dict[str, Any]
    by_coupon: bool = False
    priority: Priority = 0
    exclusive: bool = False
    stops: bool = False
    since: Moment | None = None
    until: Moment | None = None
    currency: CurrencyCode = ""
    budget: Major | None = None
    use_limit: Uses | None = None


class Details(Body, frozen=True):
    """What to change; what is left out stays as it is."""

    name: Name | UnsetType = UNSET
    terms: dict[str, Any] | UnsetType = UNSET
    by_coupon: bool | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    exclusive: bool | UnsetType = UNSET
    stops: bool | UnsetType = UNSET
    since: Moment | UnsetType | None = UNSET
    until: Moment | UnsetType | None = UNSET
    currency: CurrencyCode | UnsetType = UNSET
    budget: Major | UnsetType | None = UNSET
    use_limit: Uses | UnsetType | None = UNSET


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A promotion; `state` is draft, coming, live, over, used-up or ended.

    `used` counts the orders that got something, and `given` is what they got, where it counts in
    one currency.
    """

    key: str
    name: str
    state: str
    terms: dict[str, Any]
    by_coupon: bool
    priority: int
    exclusive: bool
    stops: bool
    since: datetime | None
    until: datetime | None
    currency: str
    budget: str | None
    use_limit: int | None
    used: int
    given: Amount | None


class Page(msgspec.Struct, frozen=True):
    """A page of promotions, the first ones first."""

    data: list[Shown]
    page: Cursor


@endpoint("GET", credentials=("sk",), scopes=READ, query=PageQuery, answers={200: Page})
def listed(request: ApiRequest, *, query: PageQuery) -> Reply:
    """List the promotions."""
    after = position(query, int) or 0
    rows = list(Promotion.objects.filter(pk__gt=after).order_by("pk")[: query.limit + 1])
    return page(request, query, rows, place=lambda row: row.pk, show=shown)


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=WRITE,
    body=NewPromotion,
    idempotency="accepted",
    answers={201: Shown},
    problems=("promotion-exists", "promotion-invalid"),
)
def create(request: ApiRequest, *, body: NewPromotion) -> Reply:
    """Write a promotion down; nobody gets anything before it is activated."""
    try:
        made = promotions.add(**msgspec.structs.asdict(body))
    except promotions.KeyTaken:
        raise because("promotion-exists", "/key") from None
    except ValidationError as refusal:
        raise invalid("promotion-invalid", refusal) from None
    return reply(made, 201, {"Location": reverse("pricing-promotion", args=[made.key])})


@endpoint("GET", credentials=("sk",), scopes=READ, answers={200: Shown})
def show(request: ApiRequest, key: str) -> Reply:
    """Show a promotion; the ETag names what merchants say of it, which orders do not change."""
    return reply(found(key))


@endpoint(
    "PATCH",
    credentials=("sk",),
    scopes=WRITE,
    body=Details,
    if_match=True,
    idempotency="accepted",
    answers={200: Shown},
    problems=("promotion-invalid",),
)
def change(request: ApiRequest, key: str, *, body: Details, expected: int) -> Reply:
    """Change a promotion, which counts at once if it is live; its key stays for ever."""
    given = msgspec.structs.asdict(body)
    fields = {name: value for name, value in given.items() if value is not UNSET}
    try:
        return reply(promotions.change(key, expected=expected, fields=fields))
    except Promotion.DoesNotExist:
        raise Problem("not-found") from None
    except promotions.Changed as refusal:
        headers = {"ETag": f'"{refusal.version}"'}
        raise Problem("precondition-failed", headers=headers) from None
    except ValidationError as refusal:
        raise invalid("promotion-invalid", refusal) from None


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=WRITE,
    idempotency="accepted",
    answers={200: Shown},
    problems=("promotion-invalid", "promotion-never-applies"),
)
def activate(request: ApiRequest, key: str) -> Reply:
    """Put a promotion to work: now, or from its first second on."""
    try:
        return reply(promotions.activate(key))
    except Promotion.DoesNotExist:
        raise Problem("not-found") from None
    except promotions.NeverApplies as refusal:
        meta = {"state": refusal.standing.value}
        raise because("promotion-never-applies", None, meta) from None
    except ValidationError as refusal:
        raise invalid("promotion-invalid", refusal) from None


@endpoint("POST", credentials=("sk",), scopes=WRITE, idempotency="accepted", answers={200: Shown})
def end(request: ApiRequest, key: str) -> Reply:
    """Let a promotion work no more; what orders got of it stays theirs."""
    try:
        return reply(promotions.end(key))
    except Promotion.DoesNotExist:
        raise Problem("not-found") from None


def found(key: str) -> Promotion:
    """Find a promotion, or say that there is none."""
    promotion = Promotion.objects.filter(key=key).first()
    if promotion is None:
        raise Problem("not-found")
    return promotion


def because(code: str, pointer: str | None, meta: dict[str, Any] | None = None) -> Problem:
    """Make a problem with the one reason there is for it."""
    return Problem(code, errors=[ProblemError(pointer=pointer, code=code, meta=meta)])


def reply(promotion: Promotion, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """Answer with a promotion."""
    version = promotions.version(promotion)
    return Reply(status, shown(promotion), headers or {}, version=version)


def shown(promotion: Promotion) -> Shown:
    """Write a promotion."""
    told = {"state", "budget", "given"}
    plain = {name: getattr(promotion, name) for name in set(Shown.__struct_fields__) - told}
    currency = promotion.currency
    return Shown(
        **plain,
        state=promotion.standing(clock.now()).value,
        budget=promotions.budget_of(promotion),
        given=Amount.of(Money(promotion.given_minor, currency)) if currency else None,
    )
