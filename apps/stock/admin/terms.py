"""On what terms single SKUs are sold: caps, great demand, and when to tell that little is left."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Terms
from .known import KnownForm, NamesSkus

CAPS = ("per_cart", "per_customer", "per_address")


class TermsForm(KnownForm):
    """Terms of a SKU on the shelf, which let somebody buy it."""

    class Meta:
        help_texts: ClassVar = {cap: _("Empty: as the whole shop.") for cap in CAPS}

    def clean(self) -> dict[str, Any]:
        """Want caps by which a whole cart can be bought."""
        told = super().clean()
        caps = {cap: told[cap] for cap in CAPS if told.get(cap) is not None}
        for cap, most in caps.items():
            if most < 1:
                self.add_error(cap, _("At least 1, or nobody can buy it."))
            elif most < caps.get("per_cart", 0):
                self.add_error(cap, _("Less than one cart may hold."))
        return told


@admin.register(Terms)
class TermsAdmin(NamesSkus):
    """SKUs that are not in the list are sold on the terms of the whole shop."""

    form = TermsForm
    list_display = ["sku", "at_order", "hot", *CAPS, "low_at"]
    list_filter = ["at_order", "hot", "low"]
    search_fields = ["sku__startswith"]
    search_help_text = _("The beginning of a SKU")
    ordering = ["sku"]
    fieldsets = [
        (None, {"fields": ["sku"]}),
        (_("What carts keep aside"), {"fields": ["at_order", "hot", *CAPS]}),
        (_("When little is left"), {"fields": ["low_at"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Terms | None = None) -> list[str]:
        """Keep the SKU: the terms of another one are others."""
        return ["sku"] if obj else []
