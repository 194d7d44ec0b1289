"""The shelf as merchants see it: figures change by movements with a reason, never by hand."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import admin, messages
from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from commerce import ids
from commerce.admin.lists import LookedAt
from commerce.admin.panels import Figure, Panel, panel

from . import service
from .domain import MOST
from .interface import CountTooLow, Line, Policy
from .models import Allocation, Hold, Level, ListedHold, Movement

LOW = 5  # units
REMEMBERED = 60  # seconds that counts of all levels are good for
SHOWN = 20  # rows of each story on a level's page
FREE = F("on_hand") - F("held") - F("allocated")


class AdjustForm(forms.Form):
    """A SKU, a figure, and why. The reference makes a form that is sent twice count once."""

    sku = forms.CharField(label=_("SKU"), max_length=255, widget=UnfoldAdminTextInputWidget)
    quantity = forms.IntegerField(
        label=_("Units"), min_value=0, max_value=MOST, widget=UnfoldAdminIntegerFieldWidget
    )
    reason = forms.CharField(label=_("Reason"), max_length=255, widget=UnfoldAdminTextInputWidget)
    reference = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)


class LeftFilter(admin.SimpleListFilter):
    """Narrows levels to those that need a merchant's eye."""

    title = _("left")
    parameter_name = "left"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer what is gone, and what soon will be."""
        return [("none", _("Sold out")), ("low", _("Low"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Level]) -> QuerySet[Level]:
        """Choose by the free units."""
        counted = queryset.alias(left=FREE).filter(policy=Policy.TRACKED.value)
        match self.value():
            case "none":
                return counted.filter(left__lte=0)
            case "low":
                return counted.filter(left__range=(1, LOW))
        return queryset


@admin.register(Level)
class LevelAdmin(LookedAt):
    """What is on the shelf; a click on what is free sorts the lowest first."""

    list_display = ["sku", "location", "on_hand", "held", "allocated", "free", "policy"]
    list_filter = [LeftFilter, "policy"]
    search_fields = ["sku__startswith"]
    search_help_text = _("The beginning of a SKU")
    ordering = ["sku", "location"]  # as the index has them: the list is as quick with millions
    figures = ["sku", "location", "on_hand", "held", "allocated", "free"]
    fields = [*figures, "policy", "kept_aside", "sold", "story"]
    readonly_fields = [*figures, "kept_aside", "sold", "story"]
    actions_list = ["count", "receive"]
    actions_detail = ["count", "receive"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Level]:
        """Work out what is free."""
        levels: QuerySet[Level] = super().get_queryset(request)
        return levels.annotate(free=FREE)

    def has_change_permission(self, request: HttpRequest, obj: Level | None = None) -> bool:
        """Whoever may change levels may count, receive and choose the policy."""
        return bool(request.user.has_perm("stock.change_level"))

    @admin.display(description=_("free"), ordering="free")
    def free(self, level: Any) -> int:
        """Show the units that nobody was promised."""
        return int(level.free)

    @admin.display(description=_("Kept aside for carts"))
    def kept_aside(self, level: Level) -> str:
        """Show who holds some, and until when."""
        holds = Hold.objects.filter(sku=level.sku, location=level.location)
        return table(
            (localize(hold.expires_at), hold.quantity, ids.public("cart", hold.cart))
            for hold in holds.order_by("expires_at")[:SHOWN]
        )

    @admin.display(description=_("Sold and not sent yet"))
    def sold(self, level: Level) -> str:
        """Show whose goods lie here."""
        allocations = Allocation.objects.filter(sku=level.sku, location=level.location)
        return table(
            (allocation.quantity, ids.public("ord", allocation.order))
            for allocation in allocations[:SHOWN]
        )

    @admin.display(description=_("Last movements"))
    def story(self, level: Level) -> str:
        """Show what led to these figures, the newest first."""
        movements = Movement.objects.filter(sku=level.sku, location=level.location)
        return table(
            (
                localize(m.at),
                m.get_kind_display(),
                signed(m.on_hand or m.allocated),
                m.reason,
                m.actor,
            )
            for m in movements.order_by("-id")[:SHOWN]
        )

    def save_model(self, request: HttpRequest, obj: Level, form: Any, change: bool) -> None:
        """Set the policy as everybody else does; nothing else can be changed here."""
        service.set_policy((obj.sku,), Policy(obj.policy))

    @action(description=_("Count"), url_path="count", permissions=["change"])
    def count(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """Say how many units lie on the shelf."""
        return self.adjust(request, _("Count"), service.count, object_id)

    @action(description=_("Receive"), url_path="receive", permissions=["change"])
    def receive(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """Say how many units were delivered."""
        return self.adjust(request, _("Receive"), service.receive, object_id)

    def adjust(
        self, request: HttpRequest, title: Any, change: Callable[..., int], object_id: str | None
    ) -> HttpResponse:
        """Ask for a figure and a reason, and have the service change the level."""
        level = self.get_object(request, object_id) if object_id else None
        form = AdjustForm(request.POST or None, initial={"sku": level.sku if level else ""})
        if form.is_valid() and done(form, change, request.user.get_username()):
            self.message_user(request, _("The shelf is up to date."), messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:stock_level_changelist"))
        context = self.admin_site.each_context(request) | {"title": title, "form": form}
        return TemplateResponse(request, "stock/adjust.html", context)


def done(form: AdjustForm, change: Callable[..., int], actor: str) -> bool:
    """Change the level, or tell the merchant in the form why that cannot be."""
    told = form.cleaned_data
    line = Line(told["sku"], told["quantity"])
    try:
        change(lines=(line,), reference=str(told["reference"]), reason=told["reason"], actor=actor)
    except CountTooLow as refusal:
        text = _("%(units)d units are promised to carts and orders. Cancel orders first.")
        form.add_error("quantity", text % {"units": refusal.promised})
    return form.is_valid()


def table(rows: Iterable[tuple[object, ...]]) -> str:
    """Write some rows below one another."""
    lines = format_html_join("", "<tr>{}</tr>", ((cells(row),) for row in rows))
    return format_html("<table>{}</table>", lines) if lines else "–"


def cells(row: tuple[object, ...]) -> SafeString:
    """Write the cells of a row."""
    return format_html_join("", '<td class="pr-6">{}</td>', ((cell,) for cell in row))


def signed(difference: int) -> str:
    """Write a difference with its sign."""
    return f"{difference:+d}" if difference else "0"


@admin.register(Movement)
class MovementAdmin(LookedAt):
    """The ledger, the newest first."""

    list_display = ["at", "sku", "kind", "on_hand", "allocated", "cause", "reason", "actor"]
    fields = ["at", "sku", "location", "kind", "on_hand", "allocated", "cause", "reason", "actor"]
    readonly_fields = ["cause"]
    list_filter = ["kind"]
    search_fields = ["sku__startswith", "reference__startswith"]
    search_help_text = _("The beginning of a SKU or of a reference, or an order's id")
    ordering = ["-id"]

    @admin.display(description=_("reference"))
    def cause(self, movement: Movement) -> str:
        """Show an order by the id under which it is found."""
        of_order = movement.kind in Movement.OF_ORDERS
        return ids.public("ord", UUID(movement.reference)) if of_order else movement.reference

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Movement], search_term: str
    ) -> tuple[QuerySet[Movement], bool]:
        """Find what an order moved, too."""
        try:
            return queryset.filter(reference=str(ids.parse("ord", search_term.strip()))), False
        except ids.UnknownId:
            found: QuerySet[Movement]
            found, twice = super().get_search_results(request, queryset, search_term)
            return found, twice


@admin.register(ListedHold)
class HoldAdmin(LookedAt):
    """What carts keep aside, the next to lapse first."""

    list_display = ["sku", "quantity", "expires_at", "key", "location"]
    search_fields = ["sku__startswith"]
    search_help_text = _("The beginning of a SKU, or a cart")
    ordering = ["expires_at"]

    @admin.display(description=_("cart"))
    def key(self, hold: ListedHold) -> str:
        """Show the name by which the shopper knows the cart."""
        return ids.public("cart", hold.cart)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ListedHold], search_term: str
    ) -> tuple[QuerySet[ListedHold], bool]:
        """Find holds by cart, too."""
        try:
            return queryset.filter(cart=ids.parse("cart", search_term.strip())), False
        except ids.UnknownId:
            found: QuerySet[ListedHold]
            found, twice = super().get_search_results(request, queryset, search_term)
            return found, twice


@panel(_("Stock"), permission="stock.view_level")
def today() -> Panel:
    """Say how much is gone, and how much soon will be."""
    gone, low = cache.get_or_set("stock.left", left, REMEMBERED) or (0, 0)
    levels = reverse("admin:stock_level_changelist")
    shelves = (_("Sold out"), gone, "none"), (_("Nearly sold out"), low, "low")
    return Panel(
        waiting=tuple(
            Figure(name, str(many), f"{levels}?left={which}")
            for name, many, which in shelves
            if many
        )
    )


def left() -> tuple[int, int]:
    """Count what is gone and what soon will be; no index has counters, so every level is read."""
    counted = Level.objects.filter(policy=Policy.TRACKED.value).annotate(left=FREE)
    figures = counted.aggregate(
        gone=Count("pk", filter=Q(left__lte=0)), low=Count("pk", filter=Q(left__range=(1, LOW)))
    )
    return figures["gone"], figures["low"]
