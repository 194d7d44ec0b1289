"""The only way an order changes its state, and the only way its story grows."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from commerce.events import bell, parcel
from commerce.postgres import ask

from ..domain import check_change
from ..events import OrderPaid, OrderPlaced
from ..interface import Payment, Status
from ..models import Order
from . import wait
from .intents import ON_DISK

# What is announced of orders that did not move stays untold.
MOVE = f"""
WITH disk AS ({ON_DISK}), moved AS (
    UPDATE orders_order AS moving SET
        status = %s, payment = coalesce(%s, payment), version = version + 1,
        customer = coalesce(known.customer, moving.customer)
    FROM disk, unnest(%s::uuid[], %s::uuid[]) AS known (id, customer)
    WHERE moving.id = known.id AND status = %s
    RETURNING moving.id
), noted AS (
    INSERT INTO orders_event (order_id, actor, what, why) SELECT id, %s, %s, %s FROM moved
)
SELECT ARRAY(SELECT id FROM moved), events_publish(
    (
        SELECT jsonb_agg(fact) FROM jsonb_array_elements(%s::jsonb) AS fact
        JOIN moved ON moved.id = (fact ->> 'aggregate')::uuid
    ), %s::jsonb
)
"""
NOTE = """
INSERT INTO orders_event (order_id, actor, what, why) VALUES (%s, %s, %s, %s) RETURNING id
"""


def change(
    order: UUID,
    before: Status,
    after: Status,
    *,
    actor: str,
    why: str = "",
    only_if: Q | None = None,
    **values: Any,
) -> bool:
    """Move an order along the table, with its story, inside the caller's transaction.

    Says whether it was (still) in the state `before`, and as `only_if` wants it; if not, nothing
    happened.
    """
    check_change(before, after)
    waiting = Order.objects.filter(only_if or Q(), pk=order, status=before.value)
    changed = waiting.update(status=after.value, version=F("version") + 1, **values)
    if changed:
        note(order, actor=actor, what=after.value, why=why)
        transaction.on_commit(partial(wait.wake, order), robust=True)
    return bool(changed)


def change_all(
    orders: Mapping[UUID, UUID | None],
    before: Status,
    after: Status,
    *,
    fact: type[OrderPlaced | OrderPaid],
    actor: str,
    why: str = "",
    payment: Payment | None = None,
) -> list[UUID]:
    """Move orders along the table in one statement, with their stories and what is announced.

    Of each order its customer is given, if only this step knows. Returns those that have moved.
    """
    check_change(before, after)
    told = parcel(*(fact(order=order) for order in orders))
    ((moved, rings),) = ask(
        MOVE,
        after.value,
        payment.value if payment else None,
        list(orders),
        list(orders.values()),
        before.value,
        actor[:150],
        after.value,
        why,
        told.facts,
        told.consumers,
    )
    if moved:
        transaction.on_commit(partial(wait.wake, *moved), robust=True)
    if rings:
        transaction.on_commit(bell.ring, robust=True)
    return list(moved)


READY = Q(on_hold=False) & (
    Q(status=Status.PAID.value) | Q(status=Status.PLACED.value, payment=Payment.AWAITED.value)
)


def hold_still(order: UUID, when: Q | None = None) -> bool:
    """Lock an order for the rest of the transaction, if it is in such a state; counts a version.

    Whoever changes what belongs to an order does this first, so that one waits for the other.
    """
    found = Order.objects.filter(when or Q(), pk=order)
    return bool(found.update(version=F("version") + 1))


def note(order: UUID, *, actor: str, what: str, why: str = "") -> None:
    """Add a step to an order's story, in the transaction of what it tells."""
    ask(NOTE, order, actor[:150], what, why)
