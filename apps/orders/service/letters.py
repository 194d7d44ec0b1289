"""What stands in the letters to shoppers: plain values, with amounts as the reader writes them."""

from typing import Any

from ..interface import Order, OrderLine, Refund, Return, Shipment
from .links import order_link


def confirmation(order: Order) -> dict[str, Any]:
    """Tell what was bought and what it costs."""
    return greeting(order) | {
        "lines": [
            named(line, line.quantity) | {"total": line.before.format(order.locale)}
            for line in order.lines
        ],
        "goods": order.goods.format(order.locale),
        "discounts": [
            {"name": each.name, "amount": each.amount.format(order.locale)}
            for each in order.discounts
        ],
        "shipping": order.sending.format(order.locale) if order.address else "",
        "tax": order.tax.format(order.locale),
        "grand": order.grand.format(order.locale),
        "cards": [
            {"hint": paid.hint, "amount": paid.amount.format(order.locale)} for paid in order.cards
        ],
        "due": order.due.format(order.locale),
        "address": order.address,
    }


def shipment(order: Order, parcel: Shipment) -> dict[str, Any]:
    """Tell what is in a parcel, how it travels, and whether more will come."""
    lines = {line.position: line for line in order.lines}
    return greeting(order) | {
        "lines": [named(lines[each.position], each.quantity) for each in parcel.goods],
        "carrier": parcel.carrier,
        "tracking": parcel.tracking,
        "link": parcel.link,
        "more": any(line.quantity > line.cancelled + line.shipped for line in shipping(order)),
        "address": order.address,
    }


def cancelled(order: Order) -> dict[str, Any]:
    """Tell what the order was, and what is given back."""
    goods = [named(line, line.quantity) for line in order.lines]
    back = order.refunded
    return greeting(order) | {
        "lines": goods,
        "back": back.format(order.locale) if back.minor else "",
    }


def refunded(order: Order, refund: Refund) -> dict[str, Any]:
    """Tell how much was given back."""
    return greeting(order) | {"amount": refund.amount.format(order.locale)}


def approved(order: Order, found: Return) -> dict[str, Any]:
    """Tell what may be sent back, and under which number."""
    lines = {line.position: line for line in order.lines}
    goods = [named(lines[each.position], each.quantity) for each in found.goods]
    return greeting(order) | {"lines": goods, "return_number": found.number}


def shipping(order: Order) -> list[OrderLine]:
    """List the lines that are sent."""
    return [line for line in order.lines if line.ships]


def greeting(order: Order) -> dict[str, Any]:
    """Name the order and where to follow it."""
    return {"number": order.number, "page": order_link(order.id, order.locale)}


def named(line: OrderLine, quantity: int) -> dict[str, Any]:
    """Name so many units of a line."""
    return {"name": line.name, "options": ", ".join(line.options.values()), "quantity": quantity}
