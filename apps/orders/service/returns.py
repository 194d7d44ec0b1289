"""Goods that come back: asked for, approved, received, and their money given back."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from apps.stock.interface import stock
from commerce import ids
from commerce.events import publish
from commerce.money import Money

from ..domain import OtherWish
from ..domain.life import Goods, NotAllowed, Refusal, UnknownShipment, before
from ..domain.refunds import RETURN_NEXT, Cause
from ..events import ReturnApproved, ReturnReceived
from ..interface import ReturnState
from ..models import Order, Return
from .change import hold_still, note
from .count import count, too_many
from .edit import parts
from .refund import cost, credit, decide, named
from .ship import follow


def request_return(*, order: UUID, goods: Goods, actor: str, why: str, key: str) -> UUID:
    """Ask to send units back that were sent, once for each key; returns the return's id.

    Raises NotAllowed when fewer were sent, or are in other returns already.
    """
    name = named(key)
    if known := repeated(order, name, goods):
        return known
    try:
        with transaction.atomic():
            return requested(order, goods, actor, why, name)
    except IntegrityError:
        if twin := repeated(order, name, goods):
            return twin
        raise


def repeated(order: UUID, key: str, goods: Goods) -> UUID | None:
    """Find the return that was asked for under a key; raises OtherWish if it was another one."""
    found = Return.objects.filter(order=order, key=key).first()
    if found and dict(found.goods) != dict(goods):
        raise OtherWish
    return found.pk if found else None


def requested(order: UUID, goods: Goods, actor: str, why: str, key: str) -> UUID:
    """Write the wish down and count its units."""
    hold_still(order)
    count(order, "returning", goods)
    place = Return.objects.filter(order=order).count() + 1
    made = Return.objects.create(
        order_id=order, place=place, key=key, goods=pairs(goods.items()), why=why
    )
    note(order, actor=actor, what="return requested", why=f"{place}: {why}")
    return made.pk


def approve(*, order: UUID, parcel: UUID, actor: str) -> None:
    """Let the customer send the goods; repeated, nothing happens."""
    with transaction.atomic():
        if step(order, parcel, ReturnState.APPROVED, actor):
            publish(ReturnApproved(order=order, parcel=parcel))


def reject(*, order: UUID, parcel: UUID, actor: str, why: str) -> None:
    """Refuse a return that has not come yet; its units may be asked for again."""
    with transaction.atomic():
        if found := step(order, parcel, ReturnState.REJECTED, actor, why):
            count(order, "returning", {at: -many for at, many in found.goods})


def receive(*, order: UUID, parcel: UUID, goods: Goods | None, to_shelf: bool, actor: str) -> None:
    """Take in what has come of an approved return; without goods, all of it.

    What did not come may be asked for again. What can be sold again goes back on the shelf.
    """
    with transaction.atomic():
        found = step(order, parcel, ReturnState.RECEIVED, actor)
        if not found:
            return
        announced = dict(found.goods)
        come = dict(goods or announced)
        if short := {at: announced.get(at, 0) for at in come if come[at] > announced.get(at, 0)}:
            raise too_many(short)
        Return.objects.filter(pk=parcel).update(received=pairs(come.items()), to_shelf=to_shelf)
        count(order, "returned", come)
        missing = {at: come.get(at, 0) - many for at, many in announced.items()}
        count(order, "returning", {at: many for at, many in missing.items() if many})
        follow(order)
        publish(ReturnReceived(order=order, parcel=parcel))


def shelve(*, parcel: UUID) -> None:
    """Put what has come back on the shelf; repeated, nothing happens."""
    found = Return.objects.get(pk=parcel)
    if found.to_shelf and found.received:
        lines = parts(found.order_id, dict(found.received))
        stock.take_back(lines=lines, reference=ids.public("ret", parcel))


def refund_return(*, order: UUID, parcel: UUID, minor: int | None, actor: str, why: str) -> None:
    """Give the money of received goods back, or less of it; repeated, nothing happens."""
    with transaction.atomic():
        found = step(order, parcel, ReturnState.REFUNDED, actor, why)
        if not found:
            return
        credits = credit(order, dict(found.received))
        total = cost(credits) if minor is None else minor
        if total > cost(credits):
            left = Money(cost(credits), currency_of(order))
            raise NotAllowed(Refusal.TOO_MUCH, left=left.to_json())
        key = ids.public("ret", parcel)
        decide(order, total, Cause.RETURN, actor=actor, why=why, key=key, credits=credits)


def currency_of(order: UUID) -> str:
    """Return the currency that an order was paid in."""
    return Order.objects.values_list("currency", flat=True).get(pk=order)


def step(order: UUID, parcel: UUID, state: ReturnState, actor: str, why: str = "") -> Return | None:
    """Move a return along its table, with the order's story; None if it stands there already."""
    hold_still(order)
    found = Return.objects.filter(pk=parcel, order=order).first()
    if found is None:
        raise UnknownShipment
    if found.state == state.value:
        return None
    there = Return.objects.filter(pk=parcel, state__in=before(RETURN_NEXT, state))
    if not there.update(state=state.value):
        raise NotAllowed(Refusal.RETURN_GONE, state=found.state)
    note(order, actor=actor, what=f"return {state.value}", why=f"{found.place}: {why}".strip(": "))
    return found


def pairs(goods: Iterable[tuple[int, int]]) -> list[Any]:
    """Write units of lines as they are kept."""
    return [list(each) for each in goods]
