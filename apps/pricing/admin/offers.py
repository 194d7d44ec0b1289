"""Promotions and coupons, as merchants keep them; what orders used of them is only looked at."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget

from commerce import clock
from commerce.admin.lists import Listed
from commerce.admin.sheets import sheet

from ..domain.amounts import Currency
from ..domain.standing import Standing
from ..models import Coupon, Promotion
from ..service import trials
from . import costs, trying
from .prices import AmountField, AmountsForm, amount, currencies
from .rows import Rows, document_of
from .sentences import Teller
from .terms import STEP, TermsField, problems

STANDINGS: dict[Standing, Promise] = {
    Standing.DRAFT: _("draft"),
    Standing.COMING: _("begins later"),
    Standing.LIVE: _("live now"),
    Standing.OVER: _("over"),
    Standing.USED_UP: _("used up"),
    Standing.ENDED: _("ended"),
}
COLOURS = {
    Standing.COMING.value: "info",
    Standing.LIVE.value: "success",
    Standing.OVER.value: "danger",
    Standing.USED_UP.value: "warning",
}


def any_currency() -> list[tuple[str, Any]]:
    """Offer the currencies the shop sells in, and all of them."""
    return [("", _("Every currency")), *currencies()]


class PromotionForm(AmountsForm):
    """A promotion with its terms in lines, and its budget in major units."""

    amounts: ClassVar = {"budget": "budget_minor"}
    currency = forms.ChoiceField(
        choices=any_currency,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("In which it counts; a promotion with amounts needs one."),
    )
    budget = AmountField(required=False, help_text=_("All that it may give, in its currency."))
    terms = TermsField()

    class Meta:
        model = Promotion
        fields = (
            *("key", "name", "is_live", "by_coupon", "since", "until", "priority", "exclusive"),
            *("stops", "use_limit", "currency", "terms"),
        )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["key"].disabled = bool(self.instance.pk)

    def full_clean(self) -> None:
        """Leave everything as it is while the merchant only wants to see more fields."""
        if self.is_bound and STEP in self.data:
            self._errors, self.cleaned_data = forms.utils.ErrorDict(), {}
        else:
            super().full_clean()

    def is_valid(self) -> bool:
        """Save nothing on the way."""
        return STEP not in self.data and super().is_valid()

    def clean(self) -> dict[str, Any]:
        """Make the lines a document; a line that is wrong says so itself."""
        cleaned = super().clean()
        rows = cleaned.get("terms")
        if isinstance(rows, Rows) and "currency" in cleaned:
            code = cleaned["currency"]
            found = problems(rows, Currency(code) if code else None)
            self.fields["terms"].widget.problems = found
            if found:
                self.add_error("terms", _("Please look at the marked lines."))
            elif not rows.effects:
                self.add_error("terms", _("Say what the promotion does: it needs an effect."))
            else:
                cleaned["terms"] = document_of(rows)
        return cleaned


class StandingFilter(admin.SimpleListFilter):
    """Narrows promotions to those that work now, will, or do not."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer every way to stand."""
        return [(each.value, told) for each, told in STANDINGS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Choose as `domain.standing` tells."""
        now = clock.now()
        live, over = Q(is_live=True), Q(until__lte=now)
        spent = Q(use_limit__lte=F("used")) | Q(budget_minor__lte=F("given_minor"))
        chosen = {
            Standing.DRAFT.value: Q(is_live=False, used=0),
            Standing.ENDED.value: Q(is_live=False, used__gt=0),
            Standing.OVER.value: live & over,
            Standing.USED_UP.value: live & spent & ~over,
            Standing.COMING.value: live & Q(since__gt=now) & ~spent & ~over,
            Standing.LIVE.value: live & ~Q(since__gt=now) & ~spent & ~over,
        }.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen)


@admin.register(Promotion)
class PromotionAdmin(Listed):
    """Promotions in the order in which they work."""

    form = PromotionForm
    list_display = ("name", "standing", "in_words", "by_coupon", "priority", "used", "given")
    list_filter = (StandingFilter, "by_coupon", "exclusive")
    search_fields = ("key__istartswith", "name__icontains")
    ordering = ("-priority", "pk")
    readonly_fields = ("state", "in_words", "used", "given")
    warn_unsaved_form = True
    actions_list: ClassVar = ["costs_of_all"]
    actions_detail: ClassVar = ["try_out", "costs_of"]
    fieldsets = (
        (None, {"fields": ["name", "key", "currency", "by_coupon"]}),
        (_("What it does"), {"fields": ["terms", "in_words"]}),
        (_("When"), {"fields": ["state", "is_live", "since", "until"]}),
        (_("How often"), {"fields": ["use_limit", "budget", "used", "given"]}),
        (_("Beside other promotions"), {"fields": ["priority", "exclusive", "stops"]}),
    )

    @display(description=_("state"), label=COLOURS)
    def standing(self, promotion: Promotion) -> tuple[str, Any]:
        """Show whether it works now."""
        found = promotion.standing(clock.now())
        return found.value, STANDINGS[found]

    @admin.display(description=_("state"))
    def state(self, promotion: Promotion) -> Any:
        """Say the same on its page."""
        return STANDINGS[promotion.standing(clock.now())]

    @admin.display(description=_("in words"))
    def in_words(self, promotion: Promotion) -> str:
        """Say what it does."""
        return Teller(promotion.currency).tell(promotion.terms) if promotion.pk else "–"

    @admin.display(description=_("given so far"))
    def given(self, promotion: Promotion) -> str:
        """Show in major units what it gave, if it counts in one currency."""
        if not promotion.currency:
            return "–"
        return f"{amount(promotion.given_minor, promotion.currency)} {promotion.currency}"

    def save_model(self, request: HttpRequest, obj: Promotion, form: Any, change: bool) -> None:
        """Keep it, and warn if another promotion leaves it nothing."""
        super().save_model(request, obj, form, change)
        shadow = trials.company(obj, clock.now()).shadow
        if obj.is_live and shadow:
            text = _("It never applies: “%(other)s” applies to every cart and leaves it nothing.")
            self.message_user(request, text % {"other": shadow}, messages.WARNING)

    @action(description=_("Try it"), url_path="try", permissions=["view"], icon="science")
    def try_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what it does to a sample cart, and which promotions it meets."""
        promotion = self.get_object(request, object_id)
        if promotion is None:
            raise Http404
        found = promotion.standing(clock.now())
        told = trying.page(request, promotion) | {
            "title": _("Try “%s”") % promotion,
            "opts": self.opts,
            "standing": STANDINGS[found],
            "colour": COLOURS.get(found.value, ""),
        }
        values = self.admin_site.each_context(request) | told
        return TemplateResponse(request, "pricing/admin/try.html", values)

    @action(
        description=_("What they cost"), url_path="costs", permissions=["view"], icon="bar_chart"
    )
    def costs_of_all(self, request: HttpRequest) -> HttpResponseBase:
        """Show what each promotion gave, or send it as a sheet."""
        days = costs.period(request)
        if request.GET.get("format") == "csv":
            return sheet("promotions.csv", costs.rows(days))
        told = costs.overview(days) | {"title": _("What promotions cost"), "opts": self.opts}
        values = self.admin_site.each_context(request) | told
        return TemplateResponse(request, "pricing/admin/costs.html", values)

    @action(
        description=_("What it cost"), url_path="costs-of", permissions=["view"], icon="bar_chart"
    )
    def costs_of(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Show what one promotion gave, day by day."""
        promotion = self.get_object(request, object_id)
        if promotion is None:
            raise Http404
        told = costs.of_one(promotion, costs.period(request))
        told |= {"title": _("What “%s” cost") % promotion, "opts": self.opts}
        values = self.admin_site.each_context(request) | told | {"promotion": promotion}
        return TemplateResponse(request, "pricing/admin/costs.html", values)

    def get_urls(self) -> list[URLPattern]:
        """Add a place that suggests SKUs."""
        place = path("skus/", self.admin_site.admin_view(self.skus), name="pricing_skus")
        inherited: list[URLPattern] = super().get_urls()
        return [place, *inherited]

    def skus(self, request: HttpRequest) -> HttpResponse:
        """Suggest SKUs that begin as what was typed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return JsonResponse({"skus": trying.suggested(request.GET.get("q", "")[:255])})

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
