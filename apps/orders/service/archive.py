"""Moves finished orders out of the way: into an archive with a partition a month, and back.

An order is in one place, with all that belongs to it: both ways are one transaction. The month is
that of the order's id, so that whoever knows an order finds it in one partition.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from commerce import clock
from commerce.events import unsettled
from commerce.postgres import ask

from ..models import Invoice, Order
from .rows import WHOLE

BATCH = 100  # orders moved in one transaction
BELONGINGS = {
    "lines": "orders_line",
    "events": "orders_event",
    "effects": "orders_effect",
    "shipments": "orders_shipment",
    "returns": "orders_return",
    "refunds": "orders_refund",
    "edits": "orders_edit",
    "invoices": "orders_invoice",
    "grants": "orders_grant",
}
NOT_SHOWN = ("effects", "edits", "invoices", "grants")
# Nothing of these can change by itself any more; on hold is a merchant's wish to look at it.
FINISHED = """
SELECT id FROM orders_order AS kept
WHERE id < %s AND NOT on_hold AND (
    status IN ('cancelled', 'refused') OR status = 'paid' AND delivery IN ('delivered', 'returned')
) AND NOT EXISTS (
    SELECT FROM orders_refund WHERE order_id = kept.id AND state = 'due'
) AND NOT EXISTS (
    SELECT FROM orders_return
    WHERE order_id = kept.id AND state IN ('requested', 'approved', 'received')
)
ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
MORE = "".join(
    f", (SELECT json_agg(each ORDER BY id) FROM {BELONGINGS[name]} AS each"
    f" WHERE each.order_id = kept.id) AS {name}"
    for name in NOT_SHOWN
)
KEEP = f"""
WITH whole AS ({WHOLE.format(which="kept.id = ANY(%s::uuid[])", more=MORE)})
INSERT INTO orders_archive
    (id, number, customer, email, status, accepted_at, currency, grand, content)
SELECT kept.id, number, customer, email, status, accepted_at, currency, grand, content::json
FROM whole JOIN orders_order AS kept USING (id) RETURNING id
"""
PARCELS = """
DELETE FROM orders_shipmentline WHERE shipment_id IN (
    SELECT id FROM orders_shipment WHERE order_id = ANY(%s::uuid[])
) RETURNING id
"""
CLEAR = "DELETE FROM {table} WHERE {of} = ANY(%s::uuid[]) RETURNING 1"
READ_BACK = """
INSERT INTO {table}
SELECT back.* FROM orders_archive, jsonb_populate_recordset(null::{table}, {rows}) AS back
WHERE orders_archive.id = %s RETURNING 1
"""
PACKED = "jsonb_path_query_array(content::jsonb, '$.shipments[*].lines[*]')"
ROW = """
SELECT (jsonb_populate_record(null::orders_order, content::jsonb)).* FROM orders_archive
WHERE id = %s
"""
DOCUMENTS = """
SELECT document.* FROM orders_archive, jsonb_populate_recordset(
    null::orders_invoice, content::jsonb -> 'invoices'
) AS document WHERE orders_archive.id = %s ORDER BY issued_at, id
"""


def archive_finished(most: int = 10 * BATCH) -> int:
    """Move orders that were finished long ago, the oldest first; says how many."""
    moved = 0
    while moved < most:
        count, seen = archive_some()
        moved += count
        if not count or seen < BATCH:
            break
    return moved


@transaction.atomic
def archive_some() -> tuple[int, int]:
    """Move a batch of those that nobody is at; says how many of how many that were looked at."""
    age = timedelta(days=settings.ORDER_ARCHIVE_DAYS)
    finished = [order for (order,) in ask(FINISHED, first_of(clock.now() - age), BATCH)]
    waiting = unsettled([str(order) for order in finished])
    quiet = [order for order in finished if str(order) not in waiting]
    if quiet:
        move(quiet)
    return len(quiet), len(finished)


def move(orders: Sequence[UUID]) -> None:
    """Copy orders into the archive and take them out of the live tables."""
    for month in sorted({month_of(order) for order in orders}):
        open_month(month)
    ask(KEEP, orders)
    ask(PARCELS, orders)
    clear(reversed(BELONGINGS.values()), orders)
    ask(CLEAR.format(table="orders_order", of="id"), orders)


def clear(tables: Iterable[str], orders: Sequence[UUID]) -> None:
    """Take away what belongs to orders; of stories and invoices the database asks for the copy."""
    for table in tables:
        ask(CLEAR.format(table=table, of="order_id"), orders)


@transaction.atomic
def bring_back(*, order: UUID) -> bool:
    """Move an archived order to the live ones, to be changed again; says whether it was there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM orders_archive WHERE id = %s FOR UPDATE", [order])
        if not cursor.rowcount:
            return False
    ask(READ_BACK.format(table="orders_order", rows="jsonb_build_array(content::jsonb)"), order)
    for name, table in BELONGINGS.items():
        ask(
            READ_BACK.format(table=table, rows=f"nullif(content::jsonb -> '{name}', 'null')"), order
        )
    ask(READ_BACK.format(table="orders_shipmentline", rows=PACKED), order)
    ask(CLEAR.format(table="orders_archive", of="id"), [order])
    return True


def archived(order: UUID) -> Order | None:
    """Return the row that an archived order had; it is not to be saved."""
    return next(iter(Order.objects.raw(ROW, [order])), None)


def archived_invoices(order: UUID) -> list[Invoice]:
    """List an archived order's documents, the oldest first."""
    return list(Invoice.objects.raw(DOCUMENTS, [order]))


def month_of(order: UUID) -> tuple[int, int]:
    """Read from an id when the order began."""
    began = datetime.fromtimestamp((order.int >> 80) / 1000, UTC)
    return began.year, began.month


def first_of(moment: datetime) -> UUID:
    """Return the smallest id that an order of this moment can have: ids begin with their time."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def open_month(month: tuple[int, int]) -> None:
    """Have a partition for the orders of a month."""
    year, number = month
    begins = datetime(year, number, 1, tzinfo=UTC)
    ends = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS orders_archive_{year}_{number:02} "
            "PARTITION OF orders_archive "
            f"FOR VALUES FROM ('{first_of(begins)}') TO ('{first_of(ends)}')"
        )
