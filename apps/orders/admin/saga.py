"""The way of an order: each step beside its undoing, what is done, and what waits for whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from commerce.events import Pending, pending
from commerce.events.words import of_consumer

from ..interface import HistoryEntry, Order, Status

ACCEPTANCE = Status.ACCEPTED.value
UNDOING = "apps.orders.handlers.give_back"
OVER = {Status.CANCELLED, Status.REFUSED}
Row = tuple[list[object], Pending | None]  # the last is the delivery that the line is about


@dataclass(frozen=True)
class Step:
    """What is done, what would undo it, which words of the story say that it was, and who does it.

    Steps without a consumer are taken while the shopper waits for the answer.
    """

    name: Promise
    undo: Promise | str = ""
    told: tuple[str, ...] = (ACCEPTANCE,)
    consumer: str = ""


GOODS = Step(_("Set the goods aside"), _("Put the goods back"))
COUNTED = Step(_("Count coupons and take from gift cards"), _("Give both back"))
MONEY = Step(_("Tie the payment to the order"), _("Let the payment go"))
PROMISE = Step(_("Promise the order to the shopper"))
LATER = (
    Step(
        _("Turn the accepted order into a placed one."),
        told=(Status.PLACED.value,),
        consumer="apps.orders.handlers.confirm",
    ),
    Step(
        _("Take the order's money."),
        _("Give the money back"),
        told=(Status.PAID.value, "payment awaited", "payment refused"),
        consumer="apps.orders.handlers.capture",
    ),
    Step(
        _("Confirm by e-mail"),
        told=("confirmation sent",),
        consumer="apps.orders.handlers.mail_confirmation",
    ),
)
PROBLEMS: dict[str, Promise] = {
    "ServiceUnavailable": _("Whoever was asked did not answer in time."),
    "NotYetCaptured": _("The payment provider has said neither yes nor no."),
    "ConnectionRefusedError": _("The mail server cannot be reached."),
    "SMTPServerDisconnected": _("The mail server hung up."),
    "SMTPRecipientsRefused": _("The mail server refuses the address."),
    "TimeoutError": _("Whoever was asked did not answer in time."),
    "OperationalError": _("The database was not there, or was too slow."),
}


def table(order: Order, *, may_follow: bool) -> dict[str, object]:
    """Show the steps; who may look at deliveries gets links to those that wait or are dead."""
    waiting = {each.consumer: each for each in pending(str(order.id))}
    rows = [row(order, step, waiting.pop(step.consumer, None), waiting) for step in steps(order)]
    rows += [left_over(each) for each in waiting.values()]
    shown = [[*cells, link(each) if each and may_follow else ""] for cells, each in rows]
    headers = [_("Step"), _("status"), _("When"), _("Attempts"), _("Last problem")]
    return {"headers": [*headers, _("Undone by"), _("Delivery")], "rows": shown}


def steps(order: Order) -> Iterator[Step]:
    """List the steps that such an order takes."""
    yield GOODS
    if order.coupons or order.discounts or order.cards:
        yield COUNTED
    yield MONEY
    yield PROMISE
    yield from LATER


def row(order: Order, step: Step, waits: Pending | None, others: dict[str, Pending]) -> Row:
    """Say how far a step is."""
    done = next((each for each in order.history if each.what in step.told), None)
    undoing = others.get(UNDOING) if step.undo and order.status in OVER else None
    cells = [
        step.name,
        stands(order, step, done, waits or undoing),
        moment(waits.due_at if waits else done.at if done else None),
        waits.attempts if waits else "",
        problem(waits.problem) if waits else "",
        step.undo,
    ]
    return cells, waits or undoing


def stands(order: Order, step: Step, done: HistoryEntry | None, waits: Pending | None) -> str:
    """Say in words where a step stands."""
    if waits:
        return wait_of(waits)
    if step.told == (ACCEPTANCE,) and order.status in {Status.PLACING, Status.REFUSING}:
        return gettext("under way")
    if order.status is Status.REFUSED or (order.status is Status.CANCELLED and step.undo and done):
        return gettext("undone") if step.undo else gettext("not taken")
    if done:
        return gettext("done")
    return gettext("not taken") if order.status is Status.CANCELLED else gettext("to come")


def left_over(waits: Pending) -> Row:
    """Show something else that waits for this order: undoing, refunds, parcels, letters."""
    name, told = of_consumer(waits.consumer), problem(waits.problem)
    return [name, wait_of(waits), moment(waits.due_at), waits.attempts, told, ""], waits


def wait_of(waits: Pending) -> str:
    """Say whether something is still tried."""
    return gettext("given up") if waits.dead else gettext("waiting")


def moment(at: datetime | None) -> str:
    """Write a moment to the second, for steps follow each other quickly."""
    return date_format(localtime(at), "Y-m-d H:i:s") if at else ""


def problem(told: str) -> str:
    """Say in words what went wrong, with what the program said where there are none."""
    name, _colon, rest = told.partition(": ")
    return f"{PROBLEMS[name]} ({rest})" if name in PROBLEMS else told


def link(waits: Pending) -> str:
    """Lead to a delivery."""
    place = reverse("admin:events_delivery_change", args=[waits.id])
    return format_html('<a class="underline" href="{}">{}</a>', place, gettext("look"))
