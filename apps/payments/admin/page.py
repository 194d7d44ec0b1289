"""What a payment's page shows, as plain values."""

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.formats import localize
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commerce import ids
from commerce.money import Money

from ..domain import NEXT, NoAnswer
from ..interface import RefundStatus, Status
from ..models import Session
from ..providers import provider_of

LABELS = {
    Status.AUTHORISED.value: "primary",
    Status.CAPTURED.value: "success",
    Status.REFUSED.value: "danger",
    Status.ACTION_REQUIRED.value: "info",
    Status.PENDING.value: "info",
}
REFUND_LABELS = {
    RefundStatus.MADE.value: "success",
    RefundStatus.PENDING.value: "info",
    RefundStatus.REFUSED.value: "danger",
}


def written(money: Money) -> str:
    """Write an amount for whoever reads the page."""
    return money.format(get_language() or "en")


def page(row: Session) -> dict[str, Any]:
    """Gather everything."""
    return {
        "payment": row.key,
        "status": {"text": row.status, "variant": LABELS.get(row.status, "default")},
        "facts": facts(row),
        "story": {
            "headers": [_("When"), _("What"), _("Amount"), _("Moved")],
            "rows": story(row),
        },
        "refunds": refunds(row),
        "theirs": {
            "headers": [_("When"), _("What"), _("Amount"), _("Key")],
            "rows": theirs(row),
        },
        "forms": forms(row),
    }


def facts(row: Session) -> list[tuple[str, str, str]]:
    """List what belongs to the payment as a whole: a name, a value, a place it leads to."""
    order = ids.public("ord", row.order) if row.order else "–"
    left = row.captured_minor - row.refunded_minor
    return [
        (_("Way to pay"), row.method, ""),
        (_("Authorised"), written(row.amount), ""),
        (_("Taken"), written(Money(row.captured_minor, row.currency)), ""),
        (_("Given back"), written(Money(row.refunded_minor, row.currency)), ""),
        (_("Left"), written(Money(left, row.currency)), ""),
        (_("Order"), order, place_of(row)),
        (_("Cart"), ids.public("cart", row.cart), ""),
        (_("Begun"), localize(row.started_at), ""),
        *([(_("Name at the provider"), row.reference, "")] if row.reference else []),
        *([(_("Why it was refused"), _(row.reason), "")] if row.reason else []),
    ]


def place_of(row: Session) -> str:
    """Lead to the order, where orders have pages in this admin."""
    try:
        return reverse("admin:orders_order_change", args=[row.order]) if row.order else ""
    except NoReverseMatch:
        return ""


def story(row: Session) -> list[list[str]]:
    """Tell what is in our books, oldest first, and from where to where money moved."""
    return [
        [
            localize(entry.at),
            entry.what,
            written(Money(entry.minor, entry.currency)),
            " → ".join(leg.account for leg in sorted(entry.postings.all(), key=lambda p: p.minor)),
        ]
        for entry in row.entries.prefetch_related("postings")
    ]


def refunds(row: Session) -> list[dict[str, Any]]:
    """List what was given back, and why."""
    return [
        {
            "when": localize(each.begun_at),
            "amount": written(each.amount),
            "status": {"text": each.status, "variant": REFUND_LABELS[each.status]},
            "why": each.why or each.key,
            "reason": _(each.reason) if each.reason else "",
        }
        for each in row.refunds.select_related("session")
    ]


def theirs(row: Session) -> list[list[str]]:
    """Tell what is in the provider's books, if it answers."""
    try:
        books = provider_of(row.method).books(row.payment)
    except NoAnswer:
        return [["–", _("The provider does not answer."), "–", "–"]]
    return [[line.at or "–", line.what, written(line.amount), line.key] for line in books]


def forms(row: Session) -> list[dict[str, Any]]:
    """List what can be done now, each with what it asks for."""
    found = []
    authorised = row.state is Status.AUTHORISED
    if authorised and row.order and not provider_of(row.method).paid_later:
        found.append(form(row, "capture", _("Take the money"), [amount_field(row, row.minor)]))
    if row.captured_minor > row.refunded_minor:
        left = row.captured_minor - row.refunded_minor
        why = {"name": "why", "label": _("Why"), "required": True, "maxlength": 500}
        once = {"name": "once", "type": "hidden", "value": str(ids.new())}
        fields = [amount_field(row, left), why, once]
        found.append(form(row, "refund", _("Give money back"), fields) | {"danger": True})
    if Status.VOIDED in NEXT[row.state]:
        found.append(form(row, "void", _("Give up this payment"), []) | {"danger": True})
    return found


def form(row: Session, verb: str, name: str, fields: list[dict[str, Any]]) -> dict[str, Any]:
    """Describe a form."""
    url = reverse(f"admin:payments_session_{verb}", args=[row.pk])
    return {"url": url, "name": name, "fields": fields}


def amount_field(row: Session, minor: int) -> dict[str, Any]:
    """Ask for an amount, all of it unless changed."""
    value = f"{Money(minor, row.currency).amount:f}"
    label = _("Amount in %s") % row.currency
    return {"name": "amount", "label": label, "value": value, "required": True, "maxlength": 16}
