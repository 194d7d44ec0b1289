"""Prices, tax rates and ways of sending, as merchants keep them; amounts are in major units."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from commerce.admin.lists import Listed
from commerce.money import Money

from ..domain.amounts import BadAmount, Currency
from ..interface import Price as Priced
from ..models import ExchangeRate, Price, ShippingOption, ShippingPrice, TaxRate
from ..service import PricingService
from ..service.lists import remove
from .uploads import UploadForm


class AmountField(forms.DecimalField):
    """An amount in major units, as people write it: 12.90."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminDecimalFieldWidget
        super().__init__(min_value=0, max_digits=12, decimal_places=3, widget=widget, **options)


def currencies() -> list[tuple[str, str]]:
    """Offer the currencies the shop sells in."""
    return [(code, code) for code in settings.CURRENCIES]


class AmountsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Shows amounts in major units that are kept in minor ones: `amounts` pairs the fields."""

    amounts: ClassVar[dict[str, str]]
    currency = forms.ChoiceField(choices=currencies, widget=UnfoldAdminSelectWidget)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.instance.pk:
            for shown, kept in self.amounts.items():
                self.initial[shown] = amount(getattr(self.instance, kept), self.instance.currency)

    def clean(self) -> dict[str, Any]:
        """Turn the amounts into minor units of the chosen currency."""
        cleaned = super().clean() or self.cleaned_data
        for shown, kept in self.amounts.items():
            if (entered := cleaned.get(shown)) is None or "currency" not in cleaned:
                setattr(self.instance, kept, None)
            else:
                setattr(self.instance, kept, self.minor(shown, entered, cleaned["currency"]))
        return cleaned

    def minor(self, shown: str, entered: Decimal, currency: str) -> int | None:
        """Count an amount in the smallest coin; one that is finer is refused, never rounded."""
        try:
            return Currency(currency or "XXX").steps(entered)  # the model misses the currency
        except BadAmount as problem:
            self.add_error(shown, str(problem))
            return None


def amount(minor: int | None, currency: str) -> str:
    """Write minor units as an amount without a sign."""
    return "" if minor is None else f"{Money(minor, currency).amount:f}"


class PriceForm(AmountsForm):
    """A price; what it is for does not change, that would be another price."""

    amounts: ClassVar = {"price": "minor", "before": "before_minor", "minimum": "minimum_minor"}
    price = AmountField()
    before = AmountField(required=False, help_text=_("The struck-out price of a reduced one."))

    minimum = AmountField(required=False, help_text=_("No promotion goes below it."))
    from_quantity = forms.IntegerField(
        label=_("From units"),
        min_value=1,
        initial=1,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Counts when so many units are bought."),
    )

    class Meta:
        model = Price
        fields = ("sku", "currency", "list", "from_quantity")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for field in ("sku", "currency", "list", "from_quantity"):
            self.fields[field].disabled = bool(self.instance.pk)

    def clean(self) -> dict[str, Any]:
        """Refuse a reduction that is none."""
        cleaned = super().clean()
        price, before = cleaned.get("price"), cleaned.get("before")
        if price is not None and before is not None and before <= price:
            self.add_error("before", _("The price before must be higher than the price now."))
        minimum = cleaned.get("minimum")
        if price is not None and minimum is not None and minimum > price:
            self.add_error("minimum", _("The lowest price cannot be higher than the price now."))
        cleaned["from_quantity"] = cleaned.get("from_quantity") or 1
        return cleaned


@admin.register(Price)
class PriceAdmin(Listed):
    """The price list, changed through the service as by any import."""

    form = PriceForm
    list_display = ("sku", "currency", "price", "before", "list", "from_quantity")
    list_filter = ("currency", "list")
    list_select_related = ("list",)
    autocomplete_fields = ("list",)
    search_fields = ("sku__istartswith",)
    search_help_text = _("The beginning of a SKU")
    ordering = ("sku", "currency")
    actions_list: ClassVar = ["upload"]

    @action(
        description=_("Upload a file"),
        url_path="upload",
        permissions=["change"],
        icon="upload_file",
    )
    def upload(self, request: HttpRequest) -> HttpResponse:
        """Ask for a file of prices; a worker looks through it before anything changes."""
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(*sent)
        if form.is_valid() and (made := form.upload(request.user.get_username())):
            place = reverse("admin:operations_operation_change", args=[made.pk])
            return HttpResponseRedirect(place)
        values = {"title": _("Upload prices"), "form": form, "opts": self.opts}
        told = self.admin_site.each_context(request) | values
        return TemplateResponse(request, "pricing/admin/upload.html", told)

    @admin.display(description=_("price"))
    def price(self, price: Price) -> str:
        """Show the price in major units."""
        return amount(price.minor, price.currency)

    @admin.display(description=_("before"))
    def before(self, price: Price) -> str:
        """Show the struck-out price in major units."""
        return amount(price.before_minor, price.currency)

    def save_model(self, request: HttpRequest, obj: Price, form: PriceForm, change: bool) -> None:
        """Set the price as everybody else does."""
        before, minimum = (
            None if minor is None else Money(minor, obj.currency)
            for minor in (obj.before_minor, obj.minimum_minor)
        )
        code = obj.list.code if obj.list else ""
        unit = Money(obj.minor, obj.currency)
        price = Priced(obj.sku, unit, before, code, obj.from_quantity, minimum)
        PricingService().set_prices(prices=(price,))
        obj.pk = Price.objects.values_list("pk", flat=True).get(
            sku=obj.sku, currency=obj.currency, list=obj.list, from_quantity=obj.from_quantity
        )

    def delete_model(self, request: HttpRequest, obj: Price) -> None:
        """Remove one price."""
        remove((obj.pk,))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Price]) -> None:
        """Remove the prices that were chosen in the list."""
        remove(queryset.values_list("pk", flat=True))


@admin.register(TaxRate)
class TaxRateAdmin(Listed):
    """Tax rates; a coming one is entered beside the present one, with its first day."""

    list_display = ("country", "tax_class", "percent", "since", "source")
    list_filter = ("tax_class",)
    search_fields = ("country", "tax_class")


@admin.register(ExchangeRate)
class ExchangeRateAdmin(Listed):
    """Rates at which prices are converted; a coming one is entered with its first second."""

    list_display = ("currency", "base", "rate", "since", "source")
    list_filter = ("currency",)


class ShippingPriceForm(AmountsForm):
    """What a way of sending costs in a currency."""

    amounts: ClassVar = {"price": "minor", "free_from": "free_from_minor"}
    price = AmountField()
    free_from = AmountField(required=False, help_text=_("Free from this subtotal on."))

    class Meta:
        model = ShippingPrice
        fields = ("currency",)


class ShippingPriceInline(TabularInline):
    """The prices of a way of sending, one for each currency it is offered in."""

    model = ShippingPrice
    form = ShippingPriceForm
    extra = 0


class NamedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A way of sending with its names; a field for each language is added below."""

    class Meta:
        model = ShippingOption
        fields = ("code", "countries", "earliest", "latest", "active")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for language, name in (self.instance.name or {}).items():
            self.initial[f"name_{language}"] = name

    def clean(self) -> dict[str, Any]:
        """Gather the names, and refuse to arrive before having left."""
        cleaned = super().clean() or self.cleaned_data
        names = {code: cleaned.get(f"name_{code}", "") for code, _name in settings.LANGUAGES}
        self.instance.name = {code: name for code, name in names.items() if name}
        if cleaned.get("latest", 0) < cleaned.get("earliest", 0):
            self.add_error("latest", _("The latest day comes before the earliest."))
        return cleaned


def names() -> dict[str, forms.Field]:
    """Make a field for the name in each language; the shop's own is needed."""
    return {
        f"name_{code}": forms.CharField(
            label=f"{_('Name')} ({code})",
            required=code == settings.LANGUAGE_CODE,
            max_length=100,
            widget=UnfoldAdminTextInputWidget,
        )
        for code, _name in settings.LANGUAGES
    }


ShippingOptionForm: type[NamedForm] = type("ShippingOptionForm", (NamedForm,), names())


@admin.register(ShippingOption)
class ShippingOptionAdmin(Listed):
    """Ways of sending, with where they go and what they cost."""

    form = ShippingOptionForm
    list_display = ("code", "earliest", "latest", "active")
    list_filter = ("active",)
    search_fields = ("code",)
    inlines = (ShippingPriceInline,)
