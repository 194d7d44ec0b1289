"""Orders for merchants: today's first, each with its whole story and what can be done with it now.

Nothing is edited here. An order changes through an action, with a reason that stays in its story.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import display

from apps.payments.interface import PaymentRefused, UnknownSession, payments
from commerce import ids
from commerce.admin.lists import Listed
from commerce.money import Money
from commerce.services import ServiceUnavailable

from .. import service
from ..domain import Action, Payment, possible
from ..interface import Order as Shown
from ..interface import Status
from ..models import Order

LABELS = {
    Status.ACCEPTED.value: "info",
    Status.PLACED.value: "primary",
    Status.PAID.value: "success",
    Status.CANCELLED.value: "danger",
    Status.REFUSED.value: "danger",
}
NAMES = {Action.CANCEL: _("Cancel this order"), Action.MARK_PAID: _("Mark as paid")}
REFUSALS = (service.NotCancellable, service.NotAwaited, PaymentRefused, UnknownSession)


@admin.register(Order)
class OrderAdmin(Listed):
    """Lists what was ordered; attempts that were never accepted are no orders."""

    list_display = ("number", "accepted_at", "shown_status", "payment", "total", "email")
    list_filter = ("status", "payment")
    search_fields = ("number", "email")
    search_help_text = _("Order number or id, or the beginning of an e-mail address")
    ordering = ("-accepted_at", "-id")

    def get_urls(self) -> list[URLPattern]:
        """Add a place for each action, which takes POST only."""
        actions = [
            path(f"<uuid:order>/{action.value}/", self.action_view(action), name=place_of(action))
            for action in Action
        ]
        inherited: list[URLPattern] = super().get_urls()
        return actions + inherited

    def action_view(self, action: Action) -> Callable[..., HttpResponse]:
        """Take an action as a view of the admin."""

        def view(request: HttpRequest, order: UUID) -> HttpResponse:
            return self.act(request, order, action)

        guarded: Callable[..., HttpResponse] = require_POST(self.admin_site.admin_view(view))
        return guarded

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Orders come from carts."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        """Orders stay."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """List what was promised at some time."""
        everything: QuerySet[Order] = super().get_queryset(request)
        return everything.filter(accepted_at__isnull=False)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        """Find by the whole number or id, or the beginning of an address: all have an index."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if order := named(term):
            return queryset.filter(pk=order), False
        if digits := term.upper().removeprefix("H-") if "@" not in term else "":
            by_number = queryset.filter(number=f"H-{digits}")
            if digits.isdecimal():
                return by_number, False
        return queryset.filter(email__istartswith=term), False

    @display(description=_("status"), ordering="status", label=LABELS)
    def shown_status(self, order: Order) -> str:
        """Show the state as a coloured label."""
        return order.status

    @admin.display(description=_("total"), ordering="grand")
    def total(self, order: Order) -> str:
        """Show the total as the merchant writes money."""
        return written(Money(order.grand, order.currency))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show an order's page."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        values = self.admin_site.each_context(request) | page(row)
        values |= {"opts": self.opts, "title": row.number}
        if not self.has_change_permission(request, row):
            values["actions"] = []
        return TemplateResponse(request, "orders/admin/order.html", values)

    def act(self, request: HttpRequest, order: UUID, action: Action) -> HttpResponse:
        """Do what was asked for, through the service, and go back to the order's page."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        who, why = f"staff:{request.user.get_username()}", request.POST.get("why", "").strip()
        if not why:
            messages.error(request, _("Please give a reason; it stays in the order's story."))
        else:
            self.attempt(request, order, action, actor=who, why=why)
        return HttpResponseRedirect(reverse("admin:orders_order_change", args=[order]))

    def attempt(
        self, request: HttpRequest, order: UUID, action: Action, *, actor: str, why: str
    ) -> None:
        """Act, and say how it went."""
        try:
            VERBS[action](order=order, actor=actor, why=why)
        except REFUSALS:
            messages.error(request, _("This cannot be done any more. Look at what has happened."))
        except ServiceUnavailable:
            messages.error(request, _("Payments do not answer. Nothing was changed; try again."))
        else:
            messages.success(request, _("Done. It is in the order's story."))


VERBS: dict[Action, Callable[..., None]] = {
    Action.CANCEL: service.cancel,
    Action.MARK_PAID: service.mark_paid,
}


def named(term: str) -> UUID | None:
    """Read an order's id as the API and the stock write it."""
    try:
        return ids.parse("ord", term)
    except ids.UnknownId:
        return None


def place_of(action: Action) -> str:
    """Name the URL of an action."""
    return f"orders_order_{action.name.lower()}"


def written(money: Money) -> str:
    """Write an amount for whoever reads the page."""
    return money.format(get_language() or "en")


def page(row: Order) -> dict[str, Any]:
    """Gather everything an order's page shows, as plain values."""
    order = service.show(order=row.pk)
    return {
        "order": order,
        "status": {"text": order.status.value, "variant": LABELS.get(order.status.value, "")},
        "facts": facts(order, row),
        "lines": {"headers": [_("SKU"), _("What"), _("Quantity"), _("Each"), _("Total")]}
        | {"rows": lines(order)},
        "story": {"headers": [_("When"), _("Who"), _("What"), _("Why")], "rows": story(order)},
        "actions": [
            {"name": NAMES[action], "url": reverse(f"admin:{place_of(action)}", args=[row.pk])}
            | {"danger": action is Action.CANCEL}
            for action in possible(order.status, Payment(row.payment))
        ],
    }


def lines(order: Shown) -> list[list[object]]:
    """List what was bought."""
    return [
        [
            line.sku,
            described(line.name, line.options),
            line.quantity,
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
