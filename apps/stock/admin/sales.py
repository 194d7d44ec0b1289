"""Flash sales as merchants set them: what, from when, how fast people are let in; how it goes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from ..models import Sale, SaleItem
from ..service import sales
from .known import KnownForm, NamesSkus, typed
from .levels import table


class SaleForm(KnownForm):
    """A sale with its SKUs, which are in no other one."""

    names_skus = "skus"
    skus = forms.CharField(
        label=_("SKUs"), help_text=_("One in each line."), widget=UnfoldAdminTextareaWidget
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not self.instance._state.adding:
            self.initial["skus"] = "\n".join(skus_of(self.instance))

    def clean_skus(self) -> list[str]:
        """Refuse what is in another sale."""
        skus = [sku.strip() for sku in typed(self.cleaned_data["skus"])]
        others = SaleItem.objects.filter(sku__in=skus).exclude(sale=self.instance.pk)
        for item in others.select_related("sale"):
            text = gettext("%(sku)s is in the sale “%(sale)s” already.")
            self.add_error("skus", text % {"sku": item.sku, "sale": item.sale.name})
        return skus


@admin.register(Sale)
class SaleAdmin(NamesSkus):
    """Whoever deletes a sale lets anybody buy at once."""

    form = SaleForm
    list_display = ["name", "starts_at", "lined", "pace"]
    list_filter = ["lined"]
    search_fields = ["name__istartswith", "items__sku__istartswith"]
    search_help_text = _("The beginning of a name or a SKU")
    ordering = ["-starts_at"]
    readonly_fields = ["people", "goods"]

    def get_fields(self, request: HttpRequest, obj: Sale | None = None) -> list[str]:
        """Say how it goes of a sale that exists."""
        asked = ["name", "starts_at", "lined", "pace", "skus"]
        return [*asked, "people", "goods"] if obj else asked

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Put the SKUs in the sale that are not in it, and take out those that are no more."""
        super().save_related(request, form, formsets, change)
        wanted = form.cleaned_data["skus"]
        form.instance.items.exclude(sku__in=wanted).delete()
        new = set(wanted) - set(skus_of(form.instance))
        SaleItem.objects.bulk_create(SaleItem(sku=sku, sale=form.instance) for sku in sorted(new))

    @admin.display(description=_("How it goes"))
    def people(self, sale: Sale) -> str:
        """Count who waits, who was let in, and what they did."""
        so_far = sales.progress(sale.pk)
        waiting = gettext("Nobody can say right now how many wait.")
        if so_far.waiting is not None:
            waiting = counted(ngettext("%(n)d waits", "%(n)d wait", so_far.waiting), so_far.waiting)
        steps = [
            waiting,
            counted(ngettext("%(n)d let in", "%(n)d let in", so_far.let_in), so_far.let_in),
            counted(ngettext("%(n)d took goods", "%(n)d took goods", so_far.took), so_far.took),
            counted(ngettext("%(n)d ordered", "%(n)d ordered", so_far.bought), so_far.bought),
        ]
        return " · ".join(steps)

    @admin.display(description=_("Goods"))
    def goods(self, sale: Sale) -> str:
        """Count what is left, in carts and sold of each SKU."""
        head = (_("SKU"), _("left"), _("in carts"), _("ordered, not sent yet"))
        found = sales.progress(sale.pk).goods
        lines = [(g.sku, "∞" if g.left is None else g.left, g.in_carts, g.ordered) for g in found]
        return format_html("{}", table([head, *lines]))


def skus_of(sale: Sale) -> list[str]:
    """List what is in a sale."""
    return list(sale.items.order_by("sku").values_list("sku", flat=True))


def counted(text: str, n: int) -> str:
    """Write a number of people."""
    return text % {"n": n}
