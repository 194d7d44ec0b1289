"""Promotions and coupons, as merchants keep them; what orders used of them is only looked at."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from commerce.admin.lists import Listed

from ..domain.documents import CONDITIONS, EFFECTS
from ..models import Coupon, Promotion
from .prices import AmountField, AmountsForm, amount, currencies

KINDS = _("Conditions: %(conditions)s. Effects: %(effects)s.")


def any_currency() -> list[tuple[str, Any]]:
    """Offer the currencies the shop sells in, and all of them."""
    return [("", _("Every currency")), *currencies()]


class PromotionForm(AmountsForm):
    """A promotion with its budget in major units."""

    amounts: ClassVar = {"budget": "budget_minor"}
    currency = forms.ChoiceField(
        choices=any_currency, required=False, widget=UnfoldAdminSelectWidget
    )
    budget = AmountField(required=False, help_text=_("All that it may give, in its currency."))

    class Meta:
        model = Promotion
        fields = (
            *("key", "name", "is_live", "by_coupon", "since", "until", "priority", "exclusive"),
            *("stops", "use_limit", "currency", "terms"),
        )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        kinds = {"conditions": ", ".join(CONDITIONS), "effects": ", ".join(EFFECTS)}
        self.fields["terms"].help_text = KINDS % kinds
        self.fields["key"].disabled = bool(self.instance.pk)


@admin.register(Promotion)
class PromotionAdmin(Listed):
    """Promotions in the order in which they work."""

    form = PromotionForm
    list_display = ("name", "key", "is_live", "by_coupon", "priority", "until", "used", "given")
    list_filter = ("is_live", "by_coupon", "exclusive")
    search_fields = ("key__istartswith", "name__icontains")
    ordering = ("-priority", "pk")
    readonly_fields = ("used", "given")

    @admin.display(description=_("given so far"))
    def given(self, promotion: Promotion) -> str:
        """Show in major units what it gave, if it counts in one currency."""
        if not promotion.currency:
            return "-"
        return f"{amount(promotion.given_minor, promotion.currency)} {promotion.currency}"

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with terms that need only be filled in."""
        start = {"conditions": [], "effects": [{"kind": "order-percent", "percent": "10"}]}
        told: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"terms": start} | told


@admin.register(Coupon)
class CouponAdmin(Listed):
    """Coupons, found by the beginning of their code."""

    list_display = ("code", "promotion", "used", "use_limit", "customer_limit")
    list_filter = ("promotion__is_live",)
    list_select_related = ("promotion",)
    search_fields = ("code__istartswith",)
    search_help_text = _("The beginning of a code")
    ordering = ("-pk",)
    autocomplete_fields = ("promotion",)
    fields = ("code", "promotion", "customer", "use_limit", "customer_limit", "used")
    readonly_fields = ("used",)
