"""What stands on invoices and the notes that change them: frozen figures, exact to the cent."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from ..domain.refunds import Cause, spread
from ..models import Invoice, Line, Order, Refund
from .count import lines_of


def invoice_content(order: Order) -> dict[str, Any]:
    """Freeze what was bought, at which prices and taxes."""
    lines = [line_content(each, each.quantity, each.total, each.tax) for each in order.lines.all()]
    off = sum(each["minor"] for each in order.discounts)
    before = sum(line.unit * line.quantity for line in order.lines.all())
    return head(order, lines) | {
        "discounts": [{"name": each["name"], "minor": each["minor"]} for each in order.discounts],
        "shipping": order.grand + off - before,
        "tax": order.tax,
        "taxes": taxes_of(order),
        "total": order.grand,
        "cards": [{"hint": each["hint"], "minor": each["minor"]} for each in order.cards],
    }


def credit_content(order: Order, refund: Refund, invoiced: str) -> dict[str, Any]:
    """Freeze what is given back, and for which invoice; its lines add up to its total."""
    bought = lines_of(order.pk)
    lines = [
        line_content(bought[at], many, minor, part_of_tax(minor, bought[at].total, bought[at].tax))
        for at, many, minor in refund.credits
    ]
    lines += rest(order, refund, refund.minor - sum(line["total"] for line in lines))
    return head(order, lines) | {
        "invoice": invoiced,
        "why": refund.why,
        "tax": sum(line["tax"] for line in lines),
        "taxes": by_rate((line["tax_rate"], line["total"], line["tax"]) for line in lines),
        "total": refund.minor,
    }


def debit_content(note: Invoice) -> dict[str, Any]:
    """Freeze that a credit note no longer counts: its money has come back."""
    content: dict[str, Any] = note.content
    return content | {"takes_back": note.number}


def rest(order: Order, refund: Refund, minor: int) -> list[dict[str, Any]]:
    """Write what a refund gives back besides goods, or keeps of them, by tax rate."""
    goodwill = refund.cause == Cause.GOODWILL.value
    with translation.override(order.locale):
        if minor == order.shipping and not goodwill:
            return parts_of(minor, gettext("Delivery"), by_rate([sending(order)]))
        name = gettext("Given back without goods") if goodwill else gettext("Adjustment")
        return parts_of(minor, name, taxes_of(order))


def parts_of(minor: int, name: str, taxes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Share an amount out over tax rates, a line for each."""
    parts = spread(minor, [each["gross"] for each in taxes])
    return [
        {
            "sku": "",
            "name": name,
            "options": {},
            "quantity": 1,
            "unit": part,
            "total": part,
            "tax_rate": each["rate"],
            "tax": part_of_tax(part, each["gross"], each["tax"]),
        }
        for part, each in zip(parts, taxes, strict=True)
        if part
    ]


def part_of_tax(minor: int, gross: int, tax: int) -> int:
    """Return the tax in a part of an amount."""
    return round(tax * minor / gross) if gross else 0


def taxes_of(order: Order) -> list[dict[str, Any]]:
    """Add an order's tax up by rate."""
    lines = [(line.tax_rate, line.total, line.tax) for line in order.lines.all()]
    return by_rate([*lines, sending(order)])


def sending(order: Order) -> tuple[str, int, int]:
    """Say what sending costs and the tax in it, at whichever of the order's rates gives that."""
    lines = list(order.lines.all())
    tax = order.tax - sum(line.tax for line in lines)
    rates = sorted({line.tax_rate for line in lines})
    near = (rate for rate in rates if abs(tax_within(order.shipping, rate) - tax) <= 1)
    return next(near, ""), order.shipping, tax


def tax_within(gross: int, rate: str) -> int:
    """Return the tax in an amount at a rate in per cent."""
    return round(gross * Decimal(rate) / (100 + Decimal(rate)))


def by_rate(taxed: Iterable[tuple[str, int, int]]) -> list[dict[str, Any]]:
    """Add up amounts and the tax in them by rate."""
    gross: Counter[str] = Counter()
    tax: Counter[str] = Counter()
    for rate, amount, part in taxed:
        gross[rate] += amount
        tax[rate] += part
    return [{"rate": rate, "gross": gross[rate], "tax": tax[rate]} for rate in gross if gross[rate]]


def head(order: Order, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Freeze for whom a document is, from whom, and about what."""
    return {
        "order": order.number,
        "ordered": order.accepted_at.date().isoformat() if order.accepted_at else "",
        "email": order.email,
        "address": order.address,
        "locale": order.locale,
        "currency": order.currency,
        "seller": list(settings.SELLER),
        "lines": lines,
    }


def line_content(line: Line, units: int, total: int, tax: int) -> dict[str, Any]:
    """Freeze so many units of a line, which cost so much after discounts."""
    return {
        "sku": line.sku,
        "name": line.name,
        "options": line.options,
        "quantity": units,
        "unit": line.unit,
        "total": total,
        "tax_rate": line.tax_rate,
        "tax": tax,
    }
