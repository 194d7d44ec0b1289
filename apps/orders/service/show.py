"""Reads orders as others may see them: plain values, with their whole story."""

from typing import Any
from uuid import UUID

from msgspec import convert

from apps.customers.interface import Address
from apps.pricing.interface import Discount
from commerce.money import Money

from ..interface import HistoryEntry, OrderLine, PaidByCard, Status, UnknownOrder
from ..interface import Order as Shown
from ..models import Event, Line, Order


def show(*, order: UUID) -> Shown:
    """Return an order with its lines and history; raises UnknownOrder."""
    found = Order.objects.filter(pk=order).prefetch_related("lines", "events").first()
    if found is None:
        raise UnknownOrder(order=order)
    return shown(found)


def shown(order: Order) -> Shown:
    """Turn the rows of an order into a value."""
    return Shown(
        id=order.pk,
        number=order.number,
        cart=order.cart,
        status=Status(order.status),
        email=order.email,
        locale=order.locale,
        currency=order.currency,
        lines=tuple(shown_line(line, order.currency) for line in order.lines.all()),
        subtotal=Money(order.subtotal, order.currency),
        shipping=Money(order.shipping, order.currency),
        tax=Money(order.tax, order.currency),
        grand=Money(order.grand, order.currency),
        address=convert(order.address, Address | None),
        accepted_at=order.accepted_at,
        version=order.version,
        discounts=discounts(order.discounts, order.currency),
        coupons=tuple(order.coupons),
        cards=cards(order.cards, order.currency),
        history=tuple(shown_event(event) for event in order.events.all()),
    )


def discounts(frozen: list[dict[str, Any]], currency: str) -> tuple[Discount, ...]:
    """Read what promotions took off."""
    return tuple(
        Discount(each["promotion"], each["name"], Money(each["minor"], currency)) for each in frozen
    )


def cards(frozen: list[dict[str, Any]], currency: str) -> tuple[PaidByCard, ...]:
    """Read what gift cards pay."""
    return tuple(
        PaidByCard(UUID(each["card"]), each["hint"], Money(each["minor"], currency))
        for each in frozen
    )


def shown_line(line: Line, currency: str) -> OrderLine:
    """Turn a line's row into a value."""
    return OrderLine(
        sku=line.sku,
        name=line.name,
        options=line.options,
        quantity=line.quantity,
        unit=Money(line.unit, currency),
        total=Money(line.total, currency),
        tax=Money(line.tax, currency),
    )


def shown_event(event: Event) -> HistoryEntry:
    """Turn a step's row into a value."""
    return HistoryEntry(at=event.at, actor=event.actor, what=event.what, why=event.why)
