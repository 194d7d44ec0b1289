"""The only way an order changes its state, and the only way its story grows."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from ..domain import check_change
from ..interface import Status
from ..models import Event, Order
from . import wait


def change(
    order: UUID,
    before: Status,
    after: Status,
    *,
    actor: str,
    why: str = "",
    only_if: dict[str, Any] | None = None,
    **values: Any,
) -> bool:
    """Move an order along the table, with its story, inside the caller's transaction.

    Says whether it was (still) in the state `before`, and as `only_if` wants it; if not, nothing
    happened.
    """
    check_change(before, after)
    waiting = Order.objects.filter(pk=order, status=before.value, **(only_if or {}))
    changed = waiting.update(status=after.value, version=F("version") + 1, **values)
    if changed:
        note(order, actor=actor, what=after.value, why=why)
        transaction.on_commit(partial(wait.wake, order), robust=True)
    return bool(changed)


def note(order: UUID, *, actor: str, what: str, why: str = "") -> None:
    """Add a step to an order's story, in the transaction of what it tells."""
    Event.objects.create(order_id=order, actor=actor[:150], what=what, why=why)
