"""Payments for merchants: what was promised, taken and given back, and what can be done now."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.decorators import display

from commerce import ids
from commerce.admin.lists import Shown
from commerce.money import Money, digits
from commerce.services import ServiceUnavailable

from ..interface import (
    AmountDiffers,
    PaymentRefused,
    RefundDiffers,
    RefundStatus,
    RefundTooMuch,
    UnknownSession,
)
from ..models import Session
from ..service import money
from .page import LABELS, page, written

NAMED = {"pay": "id", "cart": "cart", "ord": "order"}
GONE = (
    *(PaymentRefused, UnknownSession, RefundDiffers),
    *(money.WithoutOrder, money.NotGivenUp),
)
MOST = 10**12  # minor units that anybody could mean


class NotAnAmount(ValueError):
    """What was typed is no amount of money."""


@admin.register(Session)
class SessionAdmin(Shown):
    """Payments change by what shoppers, workers and providers do, and by three actions here."""

    page_template = "payments/admin/payment.html"
    list_display = ("key", "method", "shown_status", "amount", "captured", "refunded", "started_at")
    list_filter = ("status", "method")
    search_fields = ("id",)
    search_help_text = gettext_lazy("The whole id of a payment, a cart or an order")

    def get_urls(self) -> list[URLPattern]:
        """Add a place for each action, which takes POST only."""
        actions = [
            path(f"<uuid:session>/{verb}/", self.action(act), name=f"payments_session_{verb}")
            for verb, act in VERBS.items()
        ]
        inherited: list[URLPattern] = super().get_urls()
        return actions + inherited

    def action(self, act: Callable[[HttpRequest, UUID], str]) -> Callable[..., HttpResponse]:
        """Take an action as a view of the admin."""

        def view(request: HttpRequest, session: UUID) -> HttpResponse:
            if not self.has_change_permission(request):
                raise PermissionDenied
            attempt(request, session, act)
            return HttpResponseRedirect(reverse("admin:payments_session_change", args=[session]))

        guarded: Callable[..., HttpResponse] = require_POST(self.admin_site.admin_view(view))
        return guarded

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Session], search_term: str
    ) -> tuple[QuerySet[Session], bool]:
        """Find by whole ids, as the API writes them."""
        if not (term := search_term.strip()):
            return queryset, False
        field = NAMED.get(term.partition("_")[0], "id")
        try:
            return queryset.filter(**{field: ids.parse(term.partition("_")[0], term)}), False
        except ids.UnknownId:
            return queryset.none(), False

    @admin.display(description=gettext_lazy("payment"), ordering="id")
    def key(self, session: Session) -> str:
        """Show the name by which shoppers and providers know it."""
        return session.key

    @display(description=gettext_lazy("status"), ordering="status", label=LABELS)
    def shown_status(self, session: Session) -> str:
        """Show the state as a coloured label."""
        return session.status

    @admin.display(description=gettext_lazy("amount"))
    def amount(self, session: Session) -> str:
        """Show the amount as the merchant writes money."""
        return written(session.amount)

    @admin.display(description=gettext_lazy("taken"))
    def captured(self, session: Session) -> str:
        """Show what was taken."""
        return part(session, session.captured_minor)

    @admin.display(description=gettext_lazy("given back"))
    def refunded(self, session: Session) -> str:
        """Show what was given back, or is about to be."""
        return part(session, session.refunded_minor)

    def page(self, request: HttpRequest, row: Session) -> dict[str, Any]:
        """Show what the books say, and to whom it is allowed what can be done."""
        values = page(row) | {"title": row.key}
        return values if self.has_change_permission(request, row) else values | {"forms": []}


def part(session: Session, minor: int) -> str:
    """Show a part of a payment's money; a dash where there is none."""
    return written(Money(minor, session.currency)) if minor else "–"


def attempt(request: HttpRequest, session: UUID, act: Callable[[HttpRequest, UUID], str]) -> None:
    """Act, and say how it went."""
    try:
        messages.success(request, act(request, session))
    except NotAnAmount:
        messages.error(request, _("Please give an amount of money that is more than nothing."))
    except AmountDiffers as refusal:
        text = _("No more than %s was authorised. Nothing was moved.")
        messages.error(request, text % written(refusal.authorised))
    except RefundTooMuch as refusal:
        text = _("No more than %s is left to be given back. Nothing was moved.")
        messages.error(request, text % written(refusal.left))
    except GONE:
        messages.error(request, _("This cannot be done any more. Look at what has happened."))
    except ServiceUnavailable:
        text = _("The provider does not answer. Look again before you repeat it.")
        messages.error(request, text)


def capture(request: HttpRequest, session: UUID) -> str:
    """Take what is authorised, or a part of it."""
    money.capture(session, typed(request, session))
    return _("The money was taken.")


def void(request: HttpRequest, session: UUID) -> str:
    """Give up what is authorised."""
    money.void(session)
    return _("The money was given up; the shopper has it again in a few days.")


def refund(request: HttpRequest, session: UUID) -> str:
    """Give back what was typed, once however often the form is sent."""
    once, why = request.POST.get("once", "")[:60], request.POST.get("why", "").strip()[:500]
    by = f"staff:{request.user.get_username()}"
    amount = typed(request, session)
    made = money.refund(session, amount, key=f"admin:{once}", why=f"{by}: {why}")
    if made.status is RefundStatus.REFUSED:
        return _("The provider has refused the refund: %s") % made.reason
    if made.status is RefundStatus.PENDING:
        return _("The refund is on its way; the provider has not confirmed it yet.")
    return _("%s was given back.") % written(made.amount)


def typed(request: HttpRequest, session: UUID) -> Money:
    """Read the amount in a form; raises NotAnAmount."""
    currency = money.payment(session).authorised.currency
    text = request.POST.get("amount", "").strip().replace(",", ".")
    try:
        amount = Decimal(text).scaleb(digits(currency))
    except InvalidOperation as problem:
        raise NotAnAmount from problem
    if not amount.is_finite() or not 0 < amount < MOST or amount != int(amount):
        raise NotAnAmount
    return Money(int(amount), currency)


VERBS = {"capture": capture, "void": void, "refund": refund}
