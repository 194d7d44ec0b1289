"""The only way an order changes its state, and the only way its story grows."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from ..domain import check_change
from ..interface import Payment, Status
from ..models import Event, Order
from . import wait


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
    Event.objects.create(order_id=order, actor=actor[:150], what=what, why=why)
