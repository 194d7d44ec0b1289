"""Customers and their groups, as merchants find and arrange them."""

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from commerce.admin.lists import Listed

from .models import Customer, Group, Session


@admin.register(Group)
class GroupAdmin(Listed):
    """Groups that price lists and promotions name; a code that is in use stays as it is."""

    list_display = ("code", "name")
    search_fields = ("code__istartswith", "name__istartswith")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Group | None = None
    ) -> tuple[str, ...]:
        """Let a code be chosen once: prices are written down under it."""
        return ("code",) if obj else ()


@admin.register(Customer)
class CustomerAdmin(Listed):
    """Customers come by themselves; here they are found, and put in groups.

    What proves who they are is neither shown nor changed, and their address least of all: whoever
    could change it could sign in as anybody.
    """

    list_display = ("email", "name", "locale", "guest", "first_seen")
    list_filter = ("guest", "locale", "groups")
    search_fields = ("email", "name")
    search_help_text = _("The beginning of an e-mail address or a name")
    fields = ("email", "name", "locale", "groups", "guest", "first_seen")
    readonly_fields = ("email", "locale", "guest", "first_seen")
    autocomplete_fields = ("groups",)
    actions = ("sign_out",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They register, or order."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Customer | None = None) -> bool:
        """Orders remember who bought."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        """Find by beginnings, which the indexes answer however many customers there are."""
        if not (term := search_term.strip().lower()):
            return queryset, False
        found = queryset.alias(lower_email=Lower("email"), lower_name=Lower("name"))
        matches = Q(lower_email__startswith=term) | Q(lower_name__startswith=term)
        return found.filter(matches), False

    @admin.action(description=_("Sign out everywhere"), permissions=["change"])
    def sign_out(self, request: HttpRequest, queryset: QuerySet[Customer]) -> None:
        """End every session of the chosen customers; access tokens last ten minutes at most."""
        ended, _by_kind = Session.objects.filter(customer__in=queryset).delete()
        words = ngettext("%(count)d session has ended.", "%(count)d sessions have ended.", ended)
        self.message_user(request, words % {"count": ended}, messages.SUCCESS)
