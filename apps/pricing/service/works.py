"""What is done in steps by workers: prices of a file, coupons by the hundred thousand."""

from collections.abc import Iterator
from itertools import islice
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.pricing.domain.entries import Entry, Flaw, Unusable, read_csv, read_ndjson
from apps.pricing.models import Batch, Promotion
from commerce import ids
from commerce.operations import files, service
from commerce.operations.files import NoFile
from commerce.operations.models import Operation, Part
from commerce.operations.works import Refused, Step, Work, register

from . import bulk, coupons

PRICES, COUPONS = "pricing.prices", "pricing.coupons"
CODES_IN_A_STEP = 20_000
SHEETS, LINES = (".csv",), (".ndjson", ".jsonl")


def upload(
    file: IO[bytes], *, name: str, owner: str, any_drift: bool, id: UUID | None = None
) -> Operation:
    """Keep a file of prices, to be looked through first; NoFile says why it cannot be read."""
    plain = name.lower().removesuffix(".gz")
    if not plain.endswith((*SHEETS, *LINES)):
        raise NoFile("unknown-kind")
    lines = files.lines_of(file, packed=name.lower().endswith(".gz"))
    header = header_of(lines) if plain.endswith(SHEETS) else ""
    return service.begin(
        PRICES,
        name=name,
        owner=owner,
        options={"any_drift": any_drift, "header": header},
        dry_run=True,
        parts=files.parts(lines, size=bulk.BATCH, first=2 if header else 1),
        id=id,
    )


def header_of(lines: Iterator[bytes]) -> str:
    """Read the first line of a sheet, and insist on the columns that prices need."""
    try:
        header = next(lines, b"").decode("utf-8-sig")
        list(islice(read_csv([header]), 1))
    except UnicodeDecodeError:
        raise NoFile("not-utf-8") from None
    except Unusable:
        raise NoFile("columns-missing") from None
    return header


def begin(lines: Iterator[bytes], *, owner: str, any_drift: bool, id: UUID) -> Operation:
    """Keep lines of prices to be set as soon as a worker comes to it; one operation for each id."""
    parts = files.parts(lines, size=bulk.BATCH)
    options = {"any_drift": any_drift, "header": ""}
    return service.begin(PRICES, name="prices", owner=owner, options=options, parts=parts, id=id)


def set_prices(operation: Operation, part: Part | None) -> Step:
    """Set the prices of one part, or in a dry run only judge them."""
    if part is None:
        return Step()
    do = bulk.check_all if operation.dry_run else bulk.set_all
    tallies = list(do(read(operation, part), any_drift=operation.options["any_drift"]))
    flawed = [each for tally in tallies for each in tally.flawed]
    changed, same = sum(t.changed for t in tallies), sum(t.same for t in tallies)
    figures = {"good": same} if operation.dry_run else {"changed": changed, "same": same}
    return Step(figures, tuple(map(refused, flawed)))


def read(operation: Operation, part: Part) -> Iterator[Entry]:
    """Read the entries of a part, each with its line in the whole file."""
    lines, header = bytes(part.content).splitlines(keepends=True), operation.options["header"]
    if not header:
        yield from placed(read_ndjson(lines), part.first_line - 1)
        return
    texts = (line.decode("utf-8", "replace") for line in lines)
    yield from placed(read_csv(iter([header, *texts])), part.first_line - 2)


def placed(entries: Iterator[Entry], before: int) -> Iterator[Entry]:
    """Count the lines that come before a part."""
    for each in entries:
        yield Entry(each.line + before, each.price, each.flaw, each.detail)


def refused(entry: Entry) -> Refused:
    """Say why a line is left out."""
    return Refused(entry.line, entry.flaw.value if entry.flaw else "", entry.detail)


@transaction.atomic
def issue(
    promotion: Promotion, *, batch: UUID, count: int, name: str, owner: str, **options: Any
) -> Operation:
    """Begin a batch of coupons that are issued in steps; one operation for each batch."""
    made, _new = coupons.open_batch(promotion, batch=batch, count=count, name=name)
    return service.begin(
        COUPONS,
        name=str(made),
        owner=owner,
        options=options | {"count": made.count},
        steps=-(-made.count // CODES_IN_A_STEP),
        id=made.pk,
    )


def issue_some(operation: Operation, part: Part | None) -> Step:
    """Issue some coupons of a batch; a batch that was deleted meanwhile gets none."""
    told = operation.options
    count = min(CODES_IN_A_STEP, told["count"] - operation.at * CODES_IN_A_STEP)
    batch = Batch.objects.filter(pk=operation.pk).first()
    if batch is None:
        return Step()
    limits = {name: told[name] for name in ("use_limit", "customer_limit")}
    coupons.fill(batch, count, prefix=told["prefix"], **limits)
    return Step({"issued": count})


register(
    Work(
        name=PRICES,
        label=_("Prices by the file"),
        permission="pricing.change_price",
        do=set_prices,
        again=_("Set the good prices"),
        figures={
            "good": _("good prices"),
            "changed": _("prices that changed"),
            "same": _("prices that were so already"),
        },
        reasons={
            Flaw.BROKEN.value: _("The line is broken."),
            Flaw.UNKNOWN_FIELD.value: _("A field is not known."),
            Flaw.NO_SKU.value: _("The SKU is missing."),
            Flaw.BAD_SKU.value: _("The SKU is too long, or has characters that nobody sees."),
            Flaw.BAD_CURRENCY.value: _("There is no such currency."),
            Flaw.BAD_AMOUNT.value: _("An amount is no amount of its currency."),
            Flaw.BEFORE_NOT_MORE.value: _("The price before is not higher than the price."),
            Flaw.MINIMUM_NOT_LESS.value: _("The lowest price is higher than the price."),
            Flaw.BAD_QUANTITY.value: _("The quantity is no whole number from 1 on."),
            Flaw.UNKNOWN_LIST.value: _("There is no such price list."),
            Flaw.DRIFT.value: _("The price changes very much: a comma may have gone astray."),
        },
    )
)
register(
    Work(
        name=COUPONS,
        label=_("Coupons by the batch"),
        permission="pricing.add_batch",
        do=issue_some,
        figures={"issued": _("coupons issued")},
        result=lambda operation: {"batch": ids.public("batch", operation.pk)},
    )
)
