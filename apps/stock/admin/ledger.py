"""The ledger and the holds, to be looked at."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commerce import ids
from commerce.admin.lists import LookedAt

from ..models import ListedHold, Movement
from .levels import signed


@admin.register(Movement)
class MovementAdmin(LookedAt):
    """The ledger, the newest first."""

    list_display = [
        "at",
        "sku",
        "location",
        "kind",
        "change",
        "promise",
        "reason",
        "actor",
        "cause",
    ]
    fields = ["at", "sku", "location", "kind", "on_hand", "allocated", "cause", "reason", "actor"]
    readonly_fields = ["cause"]
    list_filter = ["kind"]
    search_fields = ["sku__startswith", "reference__startswith"]
    search_help_text = _("The beginning of a SKU or of a reference, or an order's id")
    ordering = ["-id"]

    @admin.display(description=_("on hand"))
    def change(self, movement: Movement) -> str:
        """Show by how much the goods became more, or fewer."""
        return signed(movement.on_hand)

    @admin.display(description=_("allocated"))
    def promise(self, movement: Movement) -> str:
        """Show by how much the promises became more, or fewer."""
        return signed(movement.allocated)

    @admin.display(description=_("reference"))
    def cause(self, movement: Movement) -> str:
        """Show an order by the id under which it is found."""
        return movement.public_reference

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
