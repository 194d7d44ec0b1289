"""What merchants and operators see of facts: what is late, what is dead, and a way to try again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from .bell import bell
from .models import Delivery, Fact


class ReadOnly(ModelAdmin):
    """Facts are history: nobody writes them by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


@admin.register(Fact)
class FactAdmin(ReadOnly):
    """What happened, newest first."""

    list_display = ["name", "aggregate", "occurred_at", "request_id"]
    search_fields = ["name", "=aggregate", "=uuid", "=request_id"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    """What has not been handled yet, the dead first."""

    list_display = ["fact", "consumer", "attempts", "due_at", "died_at", "last_error"]
    list_filter = [("died_at", admin.EmptyFieldListFilter), "queue", "consumer"]
    search_fields = ["consumer", "=aggregate"]
    list_select_related = ["fact"]
    ordering = ["died_at", "id"]
    actions = ["replay"]

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Ask for the permission that the model declares."""
        return request.user.has_perm("events.replay_delivery")

    @admin.action(description=_("Try again from the start"), permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Bring dead deliveries back to life."""
        revived = queryset.exclude(died_at=None).update(
            died_at=None, due_at=Now(), attempts=0, handed=0
        )
        bell.ring()
        text = ngettext("%d delivery is tried again.", "%d deliveries are tried again.", revived)
        self.message_user(request, text % revived, messages.SUCCESS)
