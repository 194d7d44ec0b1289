"""Everything a merchant's page of an order shows, as plain values."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.payments.interface import UnknownSession, payments
from commerce.money import Money
from commerce.services import ServiceUnavailable

from .. import service
from ..domain import Action, possible, ready
from ..interface import (
    Delivery,
    OrderLine,
    Payment,
    Return,
    ReturnState,
    Shipment,
    ShipmentState,
    Status,
)
from ..interface import Order as Shown
from ..models import Order
from .papers import papers_of

LABELS = {
    Status.ACCEPTED.value: "info",
    Status.PLACED.value: "primary",
    Status.PAID.value: "success",
    Status.CANCELLED.value: "danger",
    Status.REFUSED.value: "danger",
    Delivery.PART_SHIPPED.value: "warning",
    Delivery.SHIPPED.value: "success",
    Delivery.DELIVERED.value: "success",
    Delivery.RETURNED.value: "warning",
    "refunded": "warning",
    ShipmentState.PACKED.value: "info",
    ShipmentState.LEAVING.value: "info",
}
NAMES = {
    Action.CANCEL: _("Cancel this order"),
    Action.MARK_PAID: _("Mark as paid"),
    Action.HOLD: _("Put on hold"),
    Action.RELEASE: _("Let it go on"),
}
WHY: dict[str, Any] = {"name": "why", "label": _("Reason"), "required": True, "maxlength": 500}
AMOUNT: dict[str, Any] = {"name": "amount", "label": _("Amount"), "required": True, "maxlength": 16}
DAMAGED: dict[str, Any] = {
    "name": "damaged",
    "label": _("Cannot be sold again"),
    "type": "checkbox",
}
Field = dict[str, Any]
TRAVELLING = [
    {"name": "carrier", "label": _("Carrier"), "maxlength": 64},
    {"name": "tracking", "label": _("Tracking number"), "maxlength": 128},
    {"name": "link", "label": _("Tracking link"), "type": "url", "maxlength": 1000},
]


def written(money: Money) -> str:
    """Write an amount for whoever reads the page."""
    return money.format(get_language() or "en")


def page(row: Order) -> dict[str, Any]:
    """Gather everything an order's page shows, as plain values."""
    order = service.show(order=row.pk)
    return {
        "order": order,
        "status": label(order.standing),
        "facts": facts(order, row),
        "lines": {
            "headers": [
                _("SKU"),
                _("What"),
                _("Quantity"),
                _("Sent"),
                _("Cancelled"),
                _("Returned"),
                _("Each"),
                _("Total"),
            ]
        }
        | {"rows": lines(order)},
        "story": {"headers": [_("When"), _("Who"), _("What"), _("Why")], "rows": story(order)},
        "forms": [action_form(row, action) for action in actions(order)] + list(by_units(order)),
        "parcels": [parcel(order, each) for each in order.shipments],
        "returns": [coming_back(order, each) for each in order.returns],
        "documents": [
            {
                "number": each.number,
                "url": reverse("admin:orders_order_document", args=[row.pk, each.number]),
            }
            for each in service.invoices_of(row.pk)
        ],
        "refunds": {"headers": [_("When"), _("Amount"), _("status"), _("Why")]}
        | {"rows": refunds(order)},
    }


def label(word: str) -> dict[str, str]:
    """Show a state as a coloured label."""
    return {"text": word, "variant": LABELS.get(word, "")}


def actions(order: Shown) -> tuple[Action, ...]:
    """List what can be done with the order as a whole."""
    terms = {"on_hold": order.on_hold, "in_part": order.taken is not None}
    return possible(order.status, order.payment, order.delivery, **terms)


def action_form(row: Order, action: Action) -> dict[str, Any]:
    """Offer an action, for a reason."""
    return {
        "name": NAMES[action],
        "url": reverse(f"admin:{place_of(action)}", args=[row.pk]),
        "danger": action is Action.CANCEL,
        "fields": [WHY],
    }


def place_of(action: Action) -> str:
    """Name the URL of an action."""
    return f"orders_order_{action.name.lower()}"


def by_line(order: Shown, most: Callable[[OrderLine], int], *, all_of_it: bool) -> list[Field]:
    """Ask for units of each line, up to so many."""
    return [
        {
            "name": f"line-{line.position}",
            "label": f"{line.sku} {described(line.name, line.options)}",
            "type": "number",
            "value": most(line) if all_of_it else 0,
            "max": most(line),
        }
        for line in order.lines
        if most(line)
    ]


def by_units(order: Shown) -> Iterator[dict[str, Any]]:
    """Offer what is done with units of lines: packed, cancelled, returned."""
    sendable = ready(order.status, order.payment) and not order.on_hold

    def form(verb: str, name: Promise, fields: list[Field], *more: Field) -> dict[str, Any]:
        url = reverse(f"admin:orders_order_{verb}", args=[order.id])
        return {"name": name, "url": url, "fields": [once(), *fields, *more]}

    if sendable and (fields := by_line(order, lambda line: line.to_pack, all_of_it=True)):
        yield form("pack", _("Pack a parcel"), fields)
    if sendable and (fields := by_line(order, lambda line: line.to_cancel, all_of_it=False)):
        yield form("withdraw", _("Cancel some units"), fields, WHY) | {"danger": True}
    if fields := by_line(order, lambda line: line.to_return, all_of_it=False):
        yield form("ask_return", _("Announce a return"), fields, WHY)
    if order.payment is Payment.CAPTURED and order.refunded.minor < order.grand.minor:
        yield form("refund", _("Give money back"), [AMOUNT], WHY)


def once() -> Field:
    """Tell one form from all others, so that a double click does nothing twice."""
    return {"name": "key", "type": "hidden", "value": secrets.token_urlsafe(16)}


def coming_back(order: Shown, found: Return) -> dict[str, Any]:
    """Show a return and what can be done with it."""
    lines = {line.position: line for line in order.lines}
    return {
        "number": found.number,
        "status": label(found.state.value),
        "goods": [f"{each.quantity} × {lines[each.position].name}" for each in found.goods],
        "why": found.why,
        "forms": list(return_forms(order, found)),
    }


def return_forms(order: Shown, found: Return) -> Iterator[dict[str, Any]]:
    """Offer what can be done with a return now."""

    def place(verb: str) -> str:
        return reverse("admin:orders_order_return", args=[order.id, found.id, verb])

    if found.state is ReturnState.REQUESTED:
        yield {"name": _("Approve"), "url": place("approve"), "fields": []}
    if found.state is ReturnState.APPROVED:
        announced = {each.position: each.quantity for each in found.goods}
        goods = by_line(order, lambda line: announced.get(line.position, 0), all_of_it=True)
        yield {"name": _("It has come"), "url": place("receive"), "fields": [*goods, DAMAGED]}
    if found.state in {ReturnState.REQUESTED, ReturnState.APPROVED}:
        yield {"name": _("Refuse"), "url": place("reject"), "danger": True, "fields": [WHY]}
    if found.state is ReturnState.RECEIVED:
        yield {"name": _("Give the money back"), "url": place("refund"), "fields": [WHY]}


def refunds(order: Shown) -> list[list[object]]:
    """List the money that was given back."""
    return [
        [f"{each.at:%Y-%m-%d %H:%M}", written(each.amount), each.state.value, each.why]
        for each in order.refunds
    ]


def parcel(order: Shown, shipment: Shipment) -> dict[str, Any]:
    """Show a parcel and what can be done with it."""
    lines = {line.position: line for line in order.lines}
    return {
        "number": shipment.number,
        "status": label(shipment.state.value),
        "goods": [f"{each.quantity} × {lines[each.position].name}" for each in shipment.goods],
        "carrier": shipment.carrier,
        "tracking": shipment.tracking,
        "link": shipment.link,
        "shipped_at": shipment.shipped_at,
        "delivered_at": shipment.delivered_at,
        "papers": papers_of(order.id, shipment),
        "forms": list(parcel_forms(order, shipment)),
    }


def parcel_forms(order: Shown, shipment: Shipment) -> Iterator[dict[str, Any]]:
    """Offer what can be done with a parcel now."""

    def place(verb: str) -> str:
        return reverse("admin:orders_order_parcel", args=[order.id, shipment.id, verb])

    if shipment.state is ShipmentState.PACKED:
        if not order.on_hold:
            yield {"name": _("Send"), "url": place("ship"), "fields": TRAVELLING}
        yield {"name": _("Unpack"), "url": place("unpack"), "danger": True, "fields": [WHY]}
    if shipment.state is ShipmentState.SHIPPED:
        yield {"name": _("Mark as delivered"), "url": place("deliver"), "fields": []}


def lines(order: Shown) -> list[list[object]]:
    """List what was bought."""
    return [
        [
            line.sku,
            described(line.name, line.options),
            line.quantity,
            line.shipped,
            line.cancelled,
            line.returned,
            written(line.unit),
            written(line.total),
        ]
        for line in order.lines
    ]


def described(name: str, options: dict[str, str]) -> str:
    """Name a product with the choice that was made."""
    return f"{name} ({', '.join(options.values())})" if options else name


def facts(order: Shown, row: Order) -> list[tuple[object, object]]:
    """List what belongs to the order as a whole."""
    return [
        (_("E-mail"), order.email),
        (_("Ordered"), order.accepted_at),
        (_("Subtotal"), written(order.subtotal)),
        (_("Delivery"), f"{written(order.shipping)} {row.shipping_option}".strip()),
        *((_("Taken off already"), f"{d.name}: {written(d.amount)}") for d in order.discounts),
        *((_("Coupon"), code) for code in order.coupons),
        (_("Total"), written(order.grand)),
        *((_("Gift card"), f"…{paid.hint}: {written(paid.amount)}") for paid in order.cards),
        *([(_("Left to pay"), written(order.due))] if order.cards else []),
        (_("Tax in it"), written(order.tax)),
        (_("Payment"), payment(row)),
    ]


def payment(row: Order) -> str:
    """Say how the order is paid, as payments knows it now."""
    try:
        session = payments.session(session=row.payment_session)
    except (ServiceUnavailable, UnknownSession):
        return row.payment
    return f"{session.method}, {session.status.value} ({row.payment})"


def story(order: Shown) -> list[list[object]]:
    """Tell everything that happened, oldest first."""
    return [
        [f"{step.at:%Y-%m-%d %H:%M:%S}", step.actor, step.what, step.why] for step in order.history
    ]
