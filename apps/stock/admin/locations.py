"""The places where goods lie, as merchants name them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commerce.admin.lists import Listed

from ..models import Location


@admin.register(Location)
class LocationAdmin(Listed):
    """Our own houses and those of vendors; a place stays, but it may stop selling."""

    list_display = ["name", "code", "kind", "country", "priority", "enabled"]
    list_filter = ["kind", "enabled"]
    search_fields = ["code__istartswith", "name__istartswith"]
    search_help_text = _("The beginning of a name or a code")
    ordering = ["priority", "code"]

    def get_readonly_fields(self, request: HttpRequest, obj: Location | None = None) -> list[str]:
        """Keep a code for ever: the ledger knows the place by it."""
        return ["code"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The ledger remembers every place."""
        return False
