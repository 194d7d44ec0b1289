"""Coupons by the thousand: issued, listed and downloaded as merchants send them out."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from commerce import ids
from commerce.admin.lists import Listed
from commerce.admin.sheets import sheet

from ..models import Batch, Coupon
from ..models.fields import COUPON
from ..service import coupons

MOST_AT_ONCE = 100_000
FIGURES = ("promotion", "name", "count", "used", "made_at")


class BatchForm(forms.ModelForm):  # type: ignore[type-arg]
    """How many codes of which kind; the ticket makes one batch of a form that is sent twice."""

    ticket = forms.UUIDField(initial=ids.new, widget=forms.HiddenInput)
    beginning = forms.CharField(
        label=_("Beginning of the codes"),
        required=False,
        max_length=20,
        validators=[COUPON],
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "MAY"}),
        help_text=_("Twelve letters and digits that nobody guesses follow it."),
    )
    use_limit = forms.IntegerField(
        label=_("Orders at most"),
        required=False,
        min_value=1,
        initial=1,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("That may use each of the codes. Empty: any number."),
    )
    customer_limit = forms.IntegerField(
        label=_("Orders of a customer at most"),
        required=False,
        min_value=1,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    class Meta:
        model = Batch
        fields = ("promotion", "name", "count")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if "count" in self.fields:
            limits = [MinValueValidator(1), MaxValueValidator(MOST_AT_ONCE)]
            self.fields["count"].validators += limits
            self.fields["count"].help_text = _("Up to 100,000 at once.")

    def clean(self) -> dict[str, Any]:
        """Refuse coupons for what is open to everybody."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        promotion = cleaned.get("promotion")
        if promotion and not promotion.by_coupon:
            self.add_error("promotion", _("This promotion needs no coupon."))
        return cleaned


@admin.register(Batch)
class BatchAdmin(Listed):
    """Batches, the last one first; they are issued once and stay as they are."""

    form = BatchForm
    list_display = ("__str__", "promotion", "count", "made_at")
    list_select_related = ("promotion",)
    search_fields = ("name__icontains", "promotion__name__icontains")
    ordering = ("-made_at",)
    autocomplete_fields = ("promotion",)
    actions_detail: ClassVar = ["download"]

    def get_fields(self, request: HttpRequest, obj: Batch | None = None) -> tuple[str, ...]:
        """Ask for the codes of a new one, and show what became of one that is there."""
        if obj:
            return FIGURES
        return ("promotion", "name", "count", "beginning", "use_limit", "customer_limit", "ticket")

    def get_readonly_fields(self, request: HttpRequest, obj: Batch | None = None) -> Any:
        """Keep what is issued."""
        return FIGURES if obj else ()

    @admin.display(description=_("used"))
    def used(self, batch: Batch) -> int:
        """Count the codes that an order has used."""
        return batch.coupons.filter(used__gt=0).count()

    def save_model(self, request: HttpRequest, obj: Batch, form: Any, change: bool) -> None:
        """Issue the coupons."""
        if not change:
            told = form.cleaned_data
            made = coupons.issue_many(
                obj.promotion,
                batch=told["ticket"],
                count=obj.count,
                name=obj.name,
                prefix=told["beginning"],
                use_limit=told["use_limit"],
                customer_limit=told["customer_limit"],
            )
            obj.pk, obj.made_at = made.pk, made.made_at

    @action(
        description=_("Download CSV"), url_path="download", permissions=["view"], icon="download"
    )
    def download(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Send the codes as a sheet."""
        batch = self.get_object(request, object_id)
        if batch is None:
            raise Http404
        return sheet(f"coupons-{batch.promotion.key}.csv", rows(batch))


def rows(batch: Batch) -> Iterator[tuple[object, ...]]:
    """Write every code of a batch."""
    yield gettext("Code"), gettext("Promotion"), gettext("Orders at most"), gettext("Orders so far")
    codes = Coupon.objects.filter(batch=batch).order_by("pk")
    for code, limit, used in codes.values_list("code", "use_limit", "used").iterator():
        yield code, batch.promotion.name, "" if limit is None else limit, used
