"""Everything a merchant's page of an order shows, as plain values."""

import secrets
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.payments.interface import UnknownSession, payments
from commerce.money import Money
from commerce.services import ServiceUnavailable

from .. import service
from ..domain import Action, possible, ready
from ..interface import Delivery, Shipment, ShipmentState, Status
from ..interface import Order as Shown
from ..models import Order

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
    ShipmentState.PACKED.value: "info",
    ShipmentState.LEAVING.value: "info",
}
NAMES = {
    Action.CANCEL: _("Cancel this order"),
    Action.MARK_PAID: _("Mark as paid"),
    Action.HOLD: _("Put on hold"),
    Action.RELEASE: _("Let it go on"),
}
WHY = {"name": "why", "label": _("Reason"), "required": True, "maxlength": 500}
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
        "lines": {"headers": [_("SKU"), _("What"), _("Quantity"), _("Sent"), _("Each"), _("Total")]}
        | {"rows": lines(order)},
        "story": {"headers": [_("When"), _("Who"), _("What"), _("Why")], "rows": story(order)},
        "forms": [action_form(row, action) for action in actions(order)] + packing(order),
        "parcels": [parcel(order, each) for each in order.shipments],
    }


def label(word: str) -> dict[str, str]:
    """Show a state as a coloured label."""
    return {"text": word, "variant": LABELS.get(word, "")}


def actions(order: Shown) -> tuple[Action, ...]:
    """List what can be done with the order as a whole."""
    return possible(order.status, order.payment, order.delivery, on_hold=order.on_hold)


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


def packing(order: Shown) -> list[dict[str, Any]]:
    """Offer to pack what has to be sent yet, all of it unless somebody says less."""
    fields = [
        {
            "name": f"line-{line.position}",
            "label": f"{line.sku} {described(line.name, line.options)}",
            "type": "number",
            "value": line.to_pack,
            "max": line.to_pack,
        }
        for line in order.lines
        if line.to_pack
    ]
    if not fields or order.on_hold or not ready(order.status, order.payment):
        return []
    once = {"name": "key", "type": "hidden", "value": secrets.token_urlsafe(16)}
    url = reverse("admin:orders_order_pack", args=[order.id])
    return [{"name": _("Pack a parcel"), "url": url, "fields": [once, *fields]}]


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
