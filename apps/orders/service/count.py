"""Counts units of an order's lines: so many cancelled, packed, shipped, and never one too many."""

from uuid import UUID

from django.db import connection

from ..domain.life import Goods, NotAllowed, Refusal
from ..models import Line

ROOM = {  # up to where a counter may grow; the constraints of the table say the same
    "packed": "CASE WHEN ships THEN quantity - cancelled ELSE 0 END",
    "cancelled": "quantity - packed",
    "shipped": "packed",
    "returning": "shipped",
    "returned": '"returning"',
    "credited": "quantity",
}
COUNT = """
UPDATE orders_line AS line SET "{counter}" = line."{counter}" + wish.units
FROM unnest(%s::integer[], %s::integer[]) AS wish (position, units)
WHERE line.order_id = %s AND line.position = wish.position
    AND line."{counter}" + wish.units BETWEEN 0 AND {room}
RETURNING line.position, line.id
"""
LEFT = 'SELECT position, {room} - "{counter}" FROM orders_line WHERE order_id = %s'


def count(order: UUID, counter: str, goods: Goods) -> dict[int, int]:
    """Count units of some lines, all or none; returns the ids of the lines by their positions.

    Raises NotAllowed with what is left of the lines of which there are not as many; then the
    caller's transaction has to end.
    """
    words = {"counter": counter, "room": ROOM[counter]}
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(**words), [list(goods), list(goods.values()), order])
        counted = dict(cursor.fetchall())
        if len(counted) == len(goods):
            return counted
        cursor.execute(LEFT.format(**words), [order])
        left = dict(cursor.fetchall())
    raise too_many({line: left.get(line, 0) for line in goods if line not in counted})


def too_many(left: Goods) -> NotAllowed:
    """Say of which lines there are not as many, and how many are left."""
    lines = [{"line": position, "left": many} for position, many in sorted(left.items())]
    return NotAllowed(Refusal.TOO_MANY, lines=lines)


def lines_of(order: UUID) -> dict[int, Line]:
    """Return an order's lines by their positions."""
    return {line.position: line for line in Line.objects.filter(order=order)}
