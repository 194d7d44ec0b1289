"""Writes the invoices of orders whose money is there, with the transaction that says so."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.timezone import localtime
from msgspec import json

from commerce import clock, ids
from commerce.postgres import ask

from ..models import Order
from .content import invoice_content
from .invoice import SERIES

# Whoever else writes an invoice waits here, or is waited for and then seen.
TURN = "SELECT last FROM orders_invoiceseries WHERE name = %s FOR NO KEY UPDATE"
WRITE = """
WITH due AS (
    SELECT given.*, row_number() OVER (ORDER BY place) AS nth
    FROM jsonb_to_recordset(%s::jsonb) AS given (
        place integer, id uuid, order_id uuid, content jsonb
    )
    WHERE NOT EXISTS (
        SELECT FROM orders_invoice AS known
        WHERE known.order_id = given.order_id AND refund_id IS NULL
    )
), numbers AS (
    INSERT INTO orders_invoiceseries AS series (name, last)
    SELECT %s, count(*) FROM due HAVING count(*) > 0
    ON CONFLICT (name) DO UPDATE SET last = series.last + excluded.last
    RETURNING name, last - (SELECT count(*) FROM due) AS before
)
INSERT INTO orders_invoice (id, order_id, number, content)
SELECT id, order_id, numbered.number, content
FROM due, numbers, LATERAL (SELECT (before + nth)::text AS digits) AS counted,
    LATERAL (
        SELECT name || '-' || lpad(digits, greatest(6, length(digits)), '0') AS number
    ) AS numbered
RETURNING order_id
"""


def bill(orders: Sequence[UUID]) -> None:
    """Write the invoices that orders have not got yet, inside the caller's transaction."""
    series = f"{SERIES['invoice']}-{localtime(clock.now()).year}"
    ask(TURN, series)
    found = Order.objects.filter(pk__in=orders).prefetch_related("lines")
    given = [
        {"place": place, "id": ids.new(), "order_id": order.pk, "content": invoice_content(order)}
        for place, order in enumerate(found)
    ]
    ask(WRITE, json.encode(given).decode(), series)
