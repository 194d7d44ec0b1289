"""Customers, as merchants find them."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from .models import Customer


@admin.register(Customer)
class CustomerAdmin(ModelAdmin):
    """Customers come with their orders; here they are looked up."""

    list_display = ("email", "name", "locale", "guest", "first_seen")
    list_filter = ("guest", "locale")
    search_fields = ("email", "name")
    search_help_text = "The beginning of an e-mail address or a name"
    readonly_fields = ("email", "name", "locale", "guest", "first_seen")
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        """Find by beginnings, which the indexes answer however many customers there are."""
        if not (term := search_term.strip().lower()):
            return queryset, False
        found = queryset.alias(lower_email=Lower("email"), lower_name=Lower("name"))
        matches = Q(lower_email__startswith=term) | Q(lower_name__startswith=term)
        return found.filter(matches), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody becomes a customer by being typed in."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Customer | None = None) -> bool:
        """Erasing a person concerns their orders too."""
        return False
