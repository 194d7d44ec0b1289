"""What merchants and operators see of facts: what is late, what is dead, and a way to try again."""

from datetime import timedelta

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from commerce.admin.lists import LookedAt
from commerce.admin.panels import Figure, Panel, panel

from . import words
from .bell import bell
from .models import Delivery, Fact

LATE = timedelta(minutes=5)


def written(fact: Fact) -> str:
    """Write a fact's fields one a line."""
    row = '<p><span class="inline-block w-32">{}</span> {}</p>'
    return format_html_join("", row, fact.payload.items())


@admin.register(Fact)
class FactAdmin(LookedAt):
    """What happened, newest first."""

    list_display = ["happened", "aggregate", "occurred_at", "request_id"]
    fields = ["name", "aggregate", "told", "occurred_at", "request_id", "traceparent", "uuid"]
    readonly_fields = ["told"]
    search_fields = ["name", "=aggregate", "=uuid", "=request_id"]
    ordering = ["-id"]

    @admin.display(description=_("what happened"), ordering="name")
    def happened(self, fact: Fact) -> str:
        """Say it in words."""
        return words.of_fact(fact.name)

    @admin.display(description=_("what it says"))
    def told(self, fact: Fact) -> str:
        """Write the fact's fields one a line."""
        return written(fact)


@admin.register(Delivery)
class DeliveryAdmin(LookedAt):
    """What has not been handled yet, the dead first."""

    list_display = ["happened", "to_do", "attempts", "due_at", "died_at", "last_error"]
    fields = ["happened", "told", "to_do", "consumer", "queue", "attempts", "due_at", "died_at"]
    fields += ["last_error"]
    readonly_fields = ["happened", "told", "to_do"]
    list_filter = [("died_at", admin.EmptyFieldListFilter), "queue", "consumer"]
    search_fields = ["consumer", "=aggregate"]
    list_select_related = ["fact"]
    ordering = ["died_at", "id"]
    actions = ["replay"]

    @admin.display(description=_("what happened"), ordering="fact")
    def happened(self, delivery: Delivery) -> str:
        """Say it in words."""
        return words.of_fact(delivery.fact.name)

    @admin.display(description=_("what it says"))
    def told(self, delivery: Delivery) -> str:
        """Write the fact's fields one a line."""
        return written(delivery.fact)

    @admin.display(description=_("what is to be done"), ordering="consumer")
    def to_do(self, delivery: Delivery) -> str:
        """Say it in words."""
        return words.of_consumer(delivery.consumer)

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


@panel(_("Deliveries of facts"), permission="events.view_delivery")
def today() -> Panel:
    """Say what is dead, and what should have been handled long ago."""
    dead, late = Delivery.objects.aggregate(
        dead=Count("pk", filter=Q(died_at__isnull=False)),
        late=Count("pk", filter=Q(died_at=None, due_at__lt=Now() - LATE)),
    ).values()
    shown = (_("Failed tasks"), dead, "0"), (_("Late tasks"), late, "1")
    deliveries = reverse("admin:events_delivery_changelist")
    return Panel(
        waiting=tuple(
            Figure(name, str(many), f"{deliveries}?died_at__isempty={which}")
            for name, many, which in shown
            if many
        )
    )
