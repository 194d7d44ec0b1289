"""Levels, and the doors through which merchants change them."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from commerce import ids
from commerce.admin.lists import LookedAt
from commerce.admin.sheets import sheet

from ..interface import Policy
from ..models import Allocation, Hold, Level, Movement
from ..service import levels
from ..service.export import levels as every_level
from .forms import (
    CorrectForm,
    CountForm,
    MoveForm,
    ReceiveForm,
    ReturnForm,
    TransferForm,
    ask_for,
    locations,
)

LOW = 5  # units
MOVES = ["count", "receive", "take_back", "transfer", "correct"]
SHOWN = 20  # rows of each story on a level's page
FREE = F("on_hand") - F("safety") - F("held") - F("allocated")


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


class LocationFilter(admin.SimpleListFilter):
    """Narrows levels to one place."""

    title = _("location")
    parameter_name = "location"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the places, not every place of every level."""
        return list(locations())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Level]) -> QuerySet[Level]:
        """Choose by the place."""
        return queryset.filter(location=self.value()) if self.value() else queryset


@admin.register(Level)
class LevelAdmin(LookedAt):
    """What is on the shelf; a click on what is free sorts the lowest first."""

    list_display = ["sku", "location", "on_hand", "held", "allocated", "free", "policy"]
    list_filter = [LeftFilter, LocationFilter, "policy"]
    search_fields = ["sku__startswith"]
    search_help_text = _("The beginning of a SKU")
    ordering = ["sku", "location"]  # as the index has them: the list is as quick with millions
    figures = ["sku", "location", "on_hand", "held", "allocated", "free"]
    fields = [*figures, *levels.SETTINGS, "kept_aside", "sold", "story"]
    readonly_fields = [*figures, "kept_aside", "sold", "story"]
    actions_list = [*MOVES, {"title": "CSV", "items": ["upload", "download"]}]
    actions_detail = MOVES

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
                m.reason or m.reference,
                m.actor,
            )
            for m in movements.order_by("-id")[:SHOWN]
        )

    def save_model(self, request: HttpRequest, obj: Level, form: Any, change: bool) -> None:
        """Change how it sells as partners do; no figure can be changed here."""
        told = {name: form.cleaned_data[name] for name in form.changed_data}
        now = levels.version(levels.find(obj.sku, obj.location))
        try:
            levels.change(obj.sku, obj.location, expected=now, settings=told)
        except levels.BackorderUsed:
            text = _("More units are promised to carts and orders.")
            self.message_user(request, text, messages.ERROR)

    def _door(
        self, request: HttpRequest, form: type[MoveForm], object_id: str | None
    ) -> HttpResponse:
        """Ask for what happened, and have it written down."""
        return ask_for(
            self, request, form, self.get_object(request, object_id) if object_id else None
        )

    @action(description=_("Count"), url_path="count", permissions=["change"], icon="checklist")
    def count(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """Say how many units lie on the shelf."""
        return self._door(request, CountForm, object_id)

    @action(description=_("Receive"), url_path="receive", permissions=["change"], icon="input")
    def receive(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """Say how many units were delivered."""
        return self._door(request, ReceiveForm, object_id)

    @action(description=_("Take back"), url_path="return", permissions=["change"], icon="undo")
    def take_back(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """Say how many units a customer brought back."""
        return self._door(request, ReturnForm, object_id)

    @action(description=_("Transfer"), url_path="transfer", permissions=["change"], icon="move_up")
    def transfer(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """Say how many units went to another location."""
        return self._door(request, TransferForm, object_id)

    @action(description=_("Correct"), url_path="correct", permissions=["change"], icon="edit")
    def correct(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """Say by how many units the figure was wrong, and why."""
        return self._door(request, CorrectForm, object_id)

    @action(description=_("Upload CSV"), url_path="upload", permissions=["change"], icon="upload")
    def upload(self, request: HttpRequest) -> HttpResponse:
        """Lead to where sheets are uploaded."""
        return HttpResponseRedirect(reverse("admin:stock_upload_add"))

    @action(
        description=_("Download CSV"), url_path="download", permissions=["view"], icon="download"
    )
    def download(self, request: HttpRequest) -> HttpResponseBase:
        """Send all levels as a sheet that can be uploaded again as counts."""
        return sheet("levels.csv", level_rows())


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


def level_rows() -> Iterator[tuple[object, ...]]:
    """Write every level; `on_hand` is what an upload reads as the count."""
    yield ("sku", "location", "on_hand", "held", "promised", "free", "policy")
    yield from every_level()
