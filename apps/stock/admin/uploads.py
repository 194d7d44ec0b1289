"""Sheets of counts and deliveries: uploaded, tried, looked through, released, and read again."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from commerce.admin.lists import Listed
from commerce.admin.sheets import sheet

from ..domain.moves import LONGEST, Kind
from ..domain.sheets import Unusable
from ..interface import MAIN
from ..models import Upload
from ..service import uploads
from .forms import locations

MOST_ROWS = 200_000  # for one request; manage.py stock_csv takes any number
MOST_BYTES = 32 * 1024 * 1024
SHOWN = 100  # bad rows on the page
WATCHED = "2"  # seconds until the page looks again

USELESS: dict[str, Promise] = {
    "header-broken": _("The first line is broken. It names the columns: sku, quantity."),
    "columns-missing": _("The first line has to name the columns sku and quantity."),
    "not-utf-8": _("The file is not UTF-8. In your spreadsheet, choose “CSV UTF-8” and try again."),
    "line-too-long": _("A line never ends. That is no CSV file."),
    "too-many-rows": _("A sheet has at most %(most)s rows here. Divide it, or use stock_csv."),
    "too-large": _("A file has at most %(bytes)s MB here. Divide it, or use stock_csv."),
}
OUTCOMES: dict[str, Promise] = {
    "": _("Good"),
    "done": _("Done"),
    "repeated": _("Done before"),
    "sku-missing": _("The SKU is missing."),
    "quantity-not-whole": _("The quantity is no whole number."),
    "quantity-too-low": _("The quantity is too low."),
    "quantity-too-high": _("The quantity is too high."),
    "text-too-long": _("A text is too long."),
    "formula": _("A cell begins like a formula. Put an apostrophe before it if it is none."),
    "character-not-allowed": _("A character is not allowed."),
    "row-broken": _("The row is broken, for example by a quote that never ends."),
    "sku-unknown": _("Neither the shelves nor the catalogue know this SKU."),
    "location-unknown": _("There is no such location."),
    "level-below-zero": _("Fewer than zero units would be left."),
    "level-below-promised": _("More units are promised to carts and orders."),
    "level-too-high": _("That is more than fits on a shelf. Check the figure."),
}


class UploadForm(forms.Form):
    """A sheet, what it means, and why."""

    kind = forms.ChoiceField(
        label=_("What it says"), choices=Upload.Kind.choices, widget=UnfoldAdminSelectWidget
    )
    location = forms.ChoiceField(
        label=_("Location"),
        choices=locations,
        initial=MAIN,
        widget=UnfoldAdminSelectWidget,
        help_text=_("For rows that name none."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=LONGEST, widget=UnfoldAdminTextInputWidget
    )
    file = forms.FileField(
        label=_("CSV file"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,text/csv"}),
        help_text=_("With the columns sku and quantity; location and reason if you like."),
    )


@admin.register(Upload)
class UploadAdmin(Listed):
    """Nothing changes until the merchant has seen what would."""

    list_display = ["at", "name", "kind", "state", "rows", "bad", "reason", "actor"]
    list_display_links = ["at", "name"]
    ordering = ["-at"]

    def get_urls(self) -> list[URLPattern]:
        """Add what can be done with a sheet."""
        site = self.admin_site
        return [
            path("<uuid:pk>/release/", site.admin_view(self.release), name="stock_upload_release"),
            path("<uuid:pk>/discard/", site.admin_view(self.discard), name="stock_upload_discard"),
            path("<uuid:pk>/result.csv", site.admin_view(self.result), name="stock_upload_result"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may change levels may do so by the sheet."""
        return bool(request.user.has_perm("stock.change_level"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may change levels may do so by the sheet."""
        return self.has_add_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the levels sees what changed them."""
        return bool(request.user.has_perm("stock.view_level")) or self.has_add_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show it to those who may see it."""
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A sheet is discarded before it is released, or stays."""
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Ask for a sheet and try it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if form.is_valid() and (made := tried(form, request.user.get_username())):
            return HttpResponseRedirect(reverse("admin:stock_upload_change", args=[made.pk]))
        context = {"title": _("Upload CSV"), "form": form, "most": MOST_ROWS}
        return self.page(request, "stock/upload.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show what a sheet would do, is doing, or has done."""
        made = self.get_object(request, object_id)
        if not self.has_view_permission(request):
            raise PermissionDenied
        if made is None:
            return HttpResponseRedirect(reverse("admin:stock_upload_changelist"))
        answer = self.page(request, "stock/uploaded.html", self.story(request, made))
        if made.state == Upload.State.RELEASED:
            answer.headers["Refresh"] = WATCHED
        return answer

    def story(self, request: HttpRequest, made: Upload) -> dict[str, Any]:
        """Give the page plain values."""
        waiting = made.state == Upload.State.TRIED
        return {
            "title": made.name,
            "upload": {
                "id": str(made.pk),
                "kind": made.get_kind_display(),
                "state": made.state,
                "reason": made.reason,
                "rows": made.rows,
                "bad": made.bad,
                "good": made.rows - made.bad,
                "seen": made.seen,
                "percent": 100 * made.seen // max(1, made.rows),
            },
            "bad_rows": list(islice(bad_rows(made), SHOWN)),
            "too_low": uploads.too_low(made, most=SHOWN) if waiting else [],
            "may_change": self.has_change_permission(request),
        }

    def page(
        self, request: HttpRequest, template: str, context: dict[str, Any]
    ) -> TemplateResponse:
        """Show a page of the admin."""
        return TemplateResponse(request, template, self.admin_site.each_context(request) | context)

    def release(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Have the good rows made by a worker."""
        self.check_change(request)
        uploads.release(pk)
        return HttpResponseRedirect(reverse("admin:stock_upload_change", args=[pk]))

    def discard(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Forget a sheet that was only tried."""
        self.check_change(request)
        uploads.discard(pk)
        self.message_user(request, _("Nothing was changed."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:stock_upload_changelist"))

    def result(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        """Send every row with what came of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return sheet("result.csv", result_rows(pk))

    def check_change(self, request: HttpRequest) -> None:
        """Refuse those who may only look, and links that change something."""
        if request.method != "POST" or not self.has_change_permission(request):
            raise PermissionDenied


def tried(form: UploadForm, actor: str) -> Upload | None:
    """Keep and try the sheet, or tell in the form why it is none."""
    told = form.cleaned_data
    try:
        if told["file"].size > MOST_BYTES:
            raise Unusable("too-large")
        return uploads.upload(
            told["file"].file,
            kind=Kind(told["kind"]),
            name=told["file"].name,
            reason=told["reason"],
            actor=actor,
            location=told["location"],
            most=MOST_ROWS,
        )
    except Unusable as refusal:
        figures = {"most": f"{MOST_ROWS:,}", "bytes": MOST_BYTES // 2**20}
        form.add_error("file", str(USELESS[refusal.reason]) % figures)
        return None


def bad_rows(made: Upload) -> Iterator[tuple[int, str, str, str]]:
    """Say of each bad row its line, SKU and location, and what is wrong."""
    for row in uploads.told(made.pk, bad_only=True):
        yield row.line, row.sku, row.location, str(OUTCOMES[row.outcome])


def result_rows(made: Any) -> Iterator[tuple[object, ...]]:
    """Write every row with what came of it."""
    yield ("line", "sku", "location", "quantity", "reason", "result")
    for row in uploads.told(made):
        outcome = gettext(str(OUTCOMES[row.outcome]))
        yield row.line, row.sku, row.location, row.quantity, row.reason, outcome
