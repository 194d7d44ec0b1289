"""Price lists over the API: read a page at a time, set one by one or by the thousand."""

from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

import msgspec
from msgspec import UNSET, Meta, UnsetType

from commerce.money import Money
from commerce.operations import rest as operations
from commerce.operations.models import Operation
from commerce.rest.endpoint import ApiRequest, Lines, Reply, endpoint
from commerce.rest.lines import read_lines, written
from commerce.rest.pagination import Cursor, PageQuery, page, position
from commerce.rest.problems import Problem, ProblemError
from commerce.rest.shapes import Amount, Body

from ..domain.entries import Entry, Line, entry, read_ndjson
from ..interface import Price
from ..models import Price as Row
from ..service import bulk, entries, works

MOST_TOGETHER = 10_000  # lines that are set all or not at all
MOST_ANSWERED = 100_000  # lines that are set while the client waits
BEGUN = UUID("0193b1a0-7c6e-7d44-9a51-5f0c8e2b7a11")  # where ids of operations come from
TOLD = 100  # errors in one problem
Text = Annotated[str, Meta(min_length=1, max_length=255)]


class ListedPrice(msgspec.Struct, kw_only=True):
    """An entry of a price list; `price_list` is empty for the standard prices."""

    id: str
    sku: str
    price: Amount
    before: Amount | None
    minimum: Amount | None
    price_list: str
    from_quantity: int


class ListedPrices(msgspec.Struct, frozen=True):
    """A page of prices."""

    data: list[ListedPrice]
    page: Cursor


class PriceQuery(PageQuery, frozen=True):
    """Which prices: of some SKUs, in a currency, on a list (`standard` for those on none)."""

    sku: Annotated[tuple[Text, ...], Meta(max_length=100)] = ()
    currency: Text | UnsetType = UNSET
    price_list: Text | UnsetType = UNSET


class Amounts(Body, frozen=True):
    """What a price says, in major units of its currency, as text."""

    amount: Text
    before: Text | None = None
    minimum: Text | None = None


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What a bad line means for the others, and whether prices may change very much."""

    error_policy: Literal["skip_failed", "reject_all"] = "reject_all"
    any_drift: bool = False


class LineTold(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of a line: `set`, or `refused` with the errors."""

    line: int
    status: Literal["set", "refused"]
    errors: list[dict[str, Any]] = []


@endpoint(
    "GET",
    credentials=("sk",),
    scopes=("pricing:read",),
    query=PriceQuery,
    answers={200: ListedPrices},
)
def listed(request: ApiRequest, *, query: PriceQuery) -> Reply:
    """Read prices, the oldest entry first."""
    rows = Row.objects.order_by("pk").select_related("list")
    if query.sku:
        rows = rows.filter(sku__in=query.sku)
    if query.currency is not UNSET:
        rows = rows.filter(currency=query.currency)
    if query.price_list is not UNSET:
        standard = query.price_list == "standard"
        rows = rows.filter(list=None) if standard else rows.filter(list__code=query.price_list)
    if (after := position(query, int)) is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows[: query.limit + 1])
    return page(request, query, found, place=lambda row: row.pk, show=shown)


@endpoint("GET", credentials=("sk",), scopes=("pricing:read",), answers={200: ListedPrice})
def show(request: ApiRequest, price: int) -> Reply:
    """Read one price; the ETag names its amounts."""
    return reply(found(price))


@endpoint(
    "PUT",
    credentials=("sk",),
    scopes=("pricing:write",),
    body=Amounts,
    if_match=True,
    idempotency="accepted",
    answers={200: ListedPrice},
    problems=("prices-rejected",),
)
def change(request: ApiRequest, price: int, *, body: Amounts, expected: int) -> Reply:
    """Set the amounts of a price, however much they change; what it is for stays as it is."""
    guarded(lambda: entries.change(price, expected, lambda row: priced(row, body)))
    return reply(found(price))


@endpoint(
    "DELETE",
    credentials=("sk",),
    scopes=("pricing:write",),
    if_match=True,
    idempotency="accepted",
)
def drop(request: ApiRequest, price: int, *, expected: int) -> Reply:
    """Remove a price: what has none left is sold no more."""
    guarded(lambda: entries.drop(price, expected))
    return Reply(204)


@endpoint(
    "POST",
    credentials=("sk",),
    scopes=("pricing:write",),
    lines=Line,
    query=Policy,
    idempotency="natural",
    answers={200: LineTold, 202: operations.OperationShown},
    problems=("prices-rejected",),
)
def set_many(request: ApiRequest, *, query: Policy) -> Reply:
    """Set many prices, one JSON object a line; setting them again changes nothing.

    A price becomes valid at once. One that becomes more than three times as high or as low as it
    was is refused unless `any_drift` is true. `reject_all` takes up to 10,000 lines and sets all
    or none; `skip_failed` sets what is sound, up to 256 MB. More than 100,000 lines, or any number
    with `Prefer: respond-async`, are left to the workers: the answer is 202, and `Location` tells
    how far it is. With the same Idempotency-Key there is one such operation.
    """
    lines = read_lines(request)
    if query.error_policy == "reject_all":
        given = all_or_none(read_ndjson(lines), any_drift=query.any_drift)
        return Lines(file=written(told(given)))
    first = list(islice(lines, MOST_ANSWERED + 1))
    if len(first) > MOST_ANSWERED or request.headers.get("Prefer", "") == "respond-async":
        return operations.accepted(later(request, chain(first, lines), query))
    tallies = bulk.set_all(read_ndjson(first), any_drift=query.any_drift)
    return Lines(file=written(line for tally in tallies for line in told(tally)))


def later(request: ApiRequest, lines: Iterator[bytes], query: Policy) -> Operation:
    """Leave lines to the workers."""
    owner, key = request.caller.owner, request.headers["Idempotency-Key"]
    named = uuid5(BEGUN, f"{owner} {key}")
    return works.begin(lines, owner=owner, any_drift=query.any_drift, id=named)


def all_or_none(lines: Iterator[Entry], *, any_drift: bool) -> bulk.Tally:
    """Set all prices or refuse with everything that is wrong."""
    together = list(islice(lines, MOST_TOGETHER + 1))
    if len(together) > MOST_TOGETHER:
        detail = f"reject_all takes up to {MOST_TOGETHER:,} lines; use error_policy=skip_failed."
        raise Problem("prices-rejected", status=413, detail=detail)
    tally = bulk.set_together(together, any_drift=any_drift)
    if tally.flawed:
        raise Problem("prices-rejected", errors=[*map(error, tally.flawed[:TOLD])])
    return tally


def told(tally: bulk.Tally) -> Iterator[LineTold]:
    """Say what came of some lines."""
    for each in tally.judged:
        if each.flaw:
            yield LineTold(line=each.line, status="refused", errors=[error(each).to_json()])
        else:
            yield LineTold(line=each.line, status="set")


def error(flawed: Entry) -> ProblemError:
    """Say what is wrong with a line."""
    assert flawed.flaw is not None
    return ProblemError(code=flawed.flaw.value, detail=flawed.detail, meta={"line": flawed.line})


def found(price: int) -> Row:
    """Find a price by its number."""
    row = Row.objects.select_related("list").filter(pk=price).first()
    if row is None:
        raise Problem("not-found")
    return row


def guarded(work: Callable[[], None]) -> None:
    """Refuse what somebody else has changed or removed."""
    try:
        work()
    except Row.DoesNotExist:
        raise Problem("not-found") from None
    except entries.Changed as refusal:
        headers = {"ETag": f'"{refusal.version}"'}
        raise Problem("precondition-failed", headers=headers) from None


def priced(row: Row, body: Amounts) -> Price:
    """Make a price of new amounts, or refuse them."""
    of = row.list.code if row.list else ""
    amounts = (body.amount, row.currency, body.before, body.minimum)
    read = entry(1, Line(row.sku, *amounts, of, row.from_quantity))
    if read.price is None:
        raise Problem("prices-rejected", errors=[error(read)])
    return read.price


def reply(row: Row) -> Reply:
    """Answer with a price."""
    return Reply(body=shown(row), version=entries.version(row))


def shown(row: Row) -> dict[str, Any]:
    """Write a price as the API does."""
    return {
        "id": str(row.pk),
        "sku": row.sku,
        "price": Money(row.minor, row.currency).to_json(),
        "before": written_amount(row.before_minor, row.currency),
        "minimum": written_amount(row.minimum_minor, row.currency),
        "price_list": row.list.code if row.list else "",
        "from_quantity": row.from_quantity,
    }


def written_amount(minor: int | None, currency: str) -> dict[str, str] | None:
    """Write an amount that there may not be."""
    return None if minor is None else Money(minor, currency).to_json()
