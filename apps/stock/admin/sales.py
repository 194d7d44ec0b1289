"""Flash sales as merchants set them: what, from when, and how fast people are let in."""

from django.contrib import admin
from unfold.admin import TabularInline

from commerce.admin.lists import Listed

from ..models import Sale, SaleItem


class Items(TabularInline):
    """The SKUs of a sale."""

    model = SaleItem
    extra = 1
    min_num = 1


@admin.register(Sale)
class SaleAdmin(Listed):
    """Whoever deletes a sale lets anybody buy at once."""

    list_display = ["name", "starts_at", "lined", "pace"]
    list_filter = ["lined"]
    search_fields = ["name__istartswith", "items__sku__istartswith"]
    ordering = ["-starts_at"]
    fields = ["name", "starts_at", "lined", "pace"]
    inlines = [Items]
