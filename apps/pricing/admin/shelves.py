"""Price lists and catalogue promotions: what shelves say, to whom, and from when on."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.forms import SimpleArrayField
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from commerce import clock
from commerce.admin.lists import Listed

from ..domain.period import Period
from ..models import CatalogPromotion, PriceList
from .offers import any_currency
from .prices import AmountField, AmountsForm, amount

NOW: dict[str, Promise] = {
    "off": _("off"),
    "coming": _("begins later"),
    "now": _("live now"),
    "over": _("over"),
}
COLOURS = {"coming": "info", "now": "success", "over": "danger"}
SEVERAL = _("Several are divided by commas; none means all.")


def standing(row: PriceList | CatalogPromotion, *, switched_on: bool) -> tuple[str, Promise]:
    """Say whether something counts at this moment."""
    period = Period(row.since, row.until)
    if not switched_on:
        name = "off"
    elif period.holds(clock.now()):
        name = "now"
    else:
        name = "coming" if row.since and row.since > clock.now() else "over"
    return name, NOW[name]


class Timed(Listed):
    """Something for some people and some time, written as names divided by commas."""

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest | None, **options: Any
    ) -> Any:
        """Take names as people write them."""
        if not isinstance(db_field, ArrayField):
            return super().formfield_for_dbfield(db_field, request, **options)
        return SimpleArrayField(
            db_field.base_field.formfield() or forms.CharField(),
            label=db_field.verbose_name.capitalize(),
            required=False,
            widget=UnfoldAdminTextInputWidget,
            help_text=SEVERAL,
        )


@admin.register(PriceList)
class PriceListAdmin(Timed):
    """Lists of prices; their entries are under Prices, or come by the file."""

    list_display = ("name", "code", "standing", "priority", "since", "until")
    list_filter = ("active",)
    search_fields = ("code__istartswith", "name__icontains")
    ordering = ("-priority", "pk")
    fields = (
        *("code", "name", "active", "channels", "groups", "customers", "since", "until"),
        "priority",
    )

    @display(description=_("state"), label=COLOURS)
    def standing(self, row: PriceList) -> tuple[str, Promise]:
        """Show whether it prices anything now."""
        return standing(row, switched_on=row.active)


class CatalogPromotionForm(AmountsForm):
    """A catalogue promotion, with amounts in major units."""

    amounts: ClassVar = {"fixed": "fixed_minor", "new_price": "new_price_minor"}
    currency = forms.ChoiceField(
        choices=any_currency, required=False, widget=UnfoldAdminSelectWidget
    )
    new_price = AmountField(required=False, help_text=_("What a unit costs instead."))
    fixed = AmountField(required=False, label=_("Amount off"), help_text=_("Off every unit."))

    class Meta:
        model = CatalogPromotion
        fields = (
            *("key", "name", "is_live", "since", "until", "percent", "currency"),
            *("skus", "products", "categories", "channels", "groups", "priority", "exclusive"),
        )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["key"].disabled = bool(self.instance.pk)


@admin.register(CatalogPromotion)
class CatalogPromotionAdmin(Timed):
    """Reductions that everybody sees on the shelf, in the order in which they work."""

    form = CatalogPromotionForm
    list_display = ("name", "key", "standing", "takes", "priority", "since", "until")
    list_filter = ("is_live",)
    search_fields = ("key__istartswith", "name__icontains")
    ordering = ("-priority", "pk")
    fieldsets = (
        (None, {"fields": ("key", "name", "is_live", "since", "until")}),
        (_("What it does"), {"fields": ("percent", "new_price", "fixed", "currency")}),
        (_("To what"), {"fields": ("skus", "products", "categories")}),
        (_("For whom"), {"fields": ("channels", "groups")}),
        (_("Among others"), {"fields": ("priority", "exclusive")}),
    )

    @display(description=_("state"), label=COLOURS)
    def standing(self, row: CatalogPromotion) -> tuple[str, Promise]:
        """Show whether it reduces anything now."""
        return standing(row, switched_on=row.is_live)

    @admin.display(description=_("takes"))
    def takes(self, row: CatalogPromotion) -> str:
        """Show what it does in a few signs."""
        parts = [f"− {row.percent.normalize():f} %"] if row.percent is not None else []
        for sign, minor in (("−", row.fixed_minor), ("=", row.new_price_minor)):
            if minor is not None:
                parts.insert(0, f"{sign} {amount(minor, row.currency)} {row.currency}")
        return ", ".join(parts)
