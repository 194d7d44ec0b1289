"""Lists that stay quick however long they grow."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator


class Listed(ModelAdmin):
    """Leads from page to page without ever counting what is in them."""

    paginator = InfinitePaginator
    show_full_result_count = False
    list_per_page = 50


class LookedAt(Listed):
    """Something that other things change: it is listed and opened, and stays as it is."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """It comes by itself."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is looked at."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It stays."""
        return False
