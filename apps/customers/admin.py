"""Customers, as merchants find them."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from commerce.admin.lists import LookedAt

from .models import Customer


@admin.register(Customer)
class CustomerAdmin(LookedAt):
    """Customers come with their orders; here they are looked up."""

    list_display = ("email", "name", "locale", "guest", "first_seen")
    list_filter = ("guest", "locale")
    search_fields = ("email", "name")
    search_help_text = _("The beginning of an e-mail address or a name")
    fields = ("email", "name", "locale", "guest", "first_seen")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        """Find by beginnings, which the indexes answer however many customers there are."""
        if not (term := search_term.strip().lower()):
            return queryset, False
        found = queryset.alias(lower_email=Lower("email"), lower_name=Lower("name"))
        matches = Q(lower_email__startswith=term) | Q(lower_name__startswith=term)
        return found.filter(matches), False
