"""Changes an order that was not sent yet: fewer units, another address; tried, then applied."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from msgspec import to_builtins

from apps.customers.interface import Address
from apps.stock.interface import Part, stock
from commerce import ids
from commerce.events import publish

from ..domain import OtherWish, parts_needed
from ..domain.life import Goods, NotAllowed, Refusal, UnknownShipment
from ..domain.refunds import Cause, share
from ..events import OrderEdited
from ..models import Edit, Line, Order
from .change import READY, hold_still, note
from .count import count, lines_of, too_many
from .pack import why_not
from .refund import cost, credit, decide, named
from .ship import follow


def preview(*, order: UUID, goods: Goods, address: Address | None, why: str, key: str) -> Edit:
    """Say what a change would do, once for each key, without doing it.

    Raises NotAllowed when it could not be done as the order stands.
    """
    name, wanted = named(key), [list(each) for each in goods.items()]
    changed = to_builtins(address)
    if known := Edit.objects.filter(order=order, key=name).first():
        if (known.goods, known.address) != (wanted, changed):
            raise OtherWish
        return known
    check(order, goods, address)
    lines = lines_of(order)
    minor = sum(
        share(lines[at].total, lines[at].quantity, lines[at].credited, many)
        for at, many in goods.items()
    )
    edit = Edit(order_id=order, key=name, goods=wanted, address=changed, minor=minor, why=why)
    Edit.objects.bulk_create([edit], ignore_conflicts=True)
    return Edit.objects.get(order=order, key=name)


def check(order: UUID, goods: Goods, address: Address | None) -> None:
    """Refuse a change that makes no sense, whatever else happens meanwhile."""
    found, lines = Order.objects.get(pk=order), lines_of(order)
    left = {at: line.quantity - line.cancelled - line.packed for at, line in lines.items()}
    if not goods and address is None:
        raise NotAllowed(Refusal.NOTHING_CHANGES)
    short = {at: left.get(at, 0) for at, many in goods.items() if many > left.get(at, 0)}
    if short:
        raise too_many(short)
    kept = sum(line.quantity - line.cancelled for line in lines.values())
    if kept == sum(goods.values()):
        raise NotAllowed(Refusal.NOTHING_LEFT)
    if address and address.country != (found.address or {}).get("country"):
        raise NotAllowed(Refusal.OTHER_COUNTRY)


def apply(*, order: UUID, edit: UUID, version: int | None, actor: str) -> Edit:
    """Do what was looked at, if the order is still of that version; repeated, nothing happens."""
    with transaction.atomic():
        hold_still(order)
        found = Edit.objects.filter(pk=edit, order=order).first()
        if found is None:
            raise UnknownShipment
        if found.applied_at:
            return found
        seen = Q() if version is None else Q(version=version + 1)  # this one has begun to change
        if not Order.objects.filter(seen, pk=order).exists():
            raise NotAllowed(Refusal.CHANGED)
        if not Order.objects.filter(READY, pk=order).exists():
            raise why_not(order)
        carry_out(found, actor)
    found.refresh_from_db()
    return found


def carry_out(edit: Edit, actor: str) -> None:
    """Count what is not sent, give its money back, and let it go elsewhere."""
    order, goods = edit.order_id, dict(edit.goods)
    Edit.objects.filter(pk=edit.pk).update(applied_at=Now())
    if edit.address:
        if Line.objects.filter(order=order, packed__gt=F("shipped")).exists():
            raise NotAllowed(Refusal.PACKED)
        Order.objects.filter(pk=order).update(address=edit.address)
        note(order, actor=actor, what="address changed", why=edit.why)
    if goods:
        count(order, "cancelled", goods)
        if not Line.objects.filter(order=order, quantity__gt=F("cancelled")).exists():
            raise NotAllowed(Refusal.NOTHING_LEFT)
        note(order, actor=actor, what="reduced", why=f"{words(edit)}: {edit.why}")
        credits = credit(order, goods)
        if total := cost(credits):
            key, why = ids.public("edit", edit.pk), edit.why
            decide(order, total, Cause.EDIT, actor=actor, why=why, key=key, credits=credits)
        follow(order)
    publish(OrderEdited(order=order, edit=edit.pk))


def withdraw(*, order: UUID, goods: Goods, actor: str, why: str, key: str) -> None:
    """Cancel some units that were not sent, once for each key: an edit without a look at it."""
    edit = preview(order=order, goods=goods, address=None, why=why, key=key)
    apply(order=order, edit=edit.pk, version=None, actor=actor)


def free_part(*, edit: UUID) -> None:
    """Put what an edit took out of an order back on the shelf; repeated, nothing happens."""
    found = Edit.objects.get(pk=edit)
    goods = dict(found.goods)
    if goods:
        lines = parts(found.order_id, goods)
        stock.cancel(order=found.order_id, part=Part(ids.public("edit", edit), lines))


def parts(order: UUID, goods: Goods) -> Any:
    """Say what leaves the shelf, or comes back to it, for units of lines."""
    lines = Line.objects.filter(order=order, position__in=list(goods))
    return parts_needed([(each.sku, tuple(each.parts), goods[each.position]) for each in lines])


def words(edit: Edit) -> str:
    """Say in short what is not sent."""
    lines = lines_of(edit.order_id)
    return ", ".join(f"{many} x {lines[at].sku}" for at, many in edit.goods)
