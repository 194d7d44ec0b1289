"""Operations as merchants watch them: how far they are, what came of them, and what to mend."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from commerce.admin.lists import LookedAt
from commerce.admin.sheets import sheet

from . import service
from .models import Operation
from .works import Work, registry

SHOWN = 100  # lines that were left out, on the page
WATCHED = "2"  # seconds until the page looks again
COLOURS = {
    Operation.State.WAITING.value: "info",
    Operation.State.DONE.value: "success",
    Operation.State.FAILED.value: "danger",
}


def works_of(request: HttpRequest) -> list[str]:
    """Name the works that somebody may see."""
    return [name for name, work in registry.items() if request.user.has_perm(work.permission)]


@admin.register(Operation)
class OperationAdmin(LookedAt):
    """The last ones first; whoever may do a kind of work sees it."""

    list_display = ("name", "what", "standing", "progress", "refused", "owner", "begun_at")
    ordering = ("-begun_at",)

    def get_urls(self) -> list[URLPattern]:
        """Add what can be done with an operation."""
        wrap, name = self.admin_site.admin_view, "operations_operation"
        return [
            path("<uuid:pk>/again/", wrap(self.again), name=f"{name}_again"),
            path("<uuid:pk>/cancel/", wrap(self.cancel), name=f"{name}_cancel"),
            path("<uuid:pk>/refused.csv", wrap(self.refused_lines), name=f"{name}_refused"),
            *super().get_urls(),
        ]

    def has_view_permission(self, request: HttpRequest, obj: Operation | None = None) -> bool:
        """Whoever may do something sees what came of it."""
        allowed = works_of(request)
        return bool(allowed) if obj is None else obj.work in allowed

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show it to those who may see it."""
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Operation]:
        """List what may be seen."""
        rows: QuerySet[Operation] = super().get_queryset(request)
        return rows.filter(work__in=works_of(request))

    @admin.display(description=_("what"))
    def what(self, operation: Operation) -> str:
        """Say what kind of work it is."""
        label = registry[operation.work].label
        return f"{label} ({gettext('dry run')})" if operation.dry_run else str(label)

    @display(description=_("state"), label=COLOURS)
    def standing(self, operation: Operation) -> tuple[str, str]:
        """Show how it stands."""
        return operation.state, operation.get_state_display()

    @admin.display(description=_("progress"))
    def progress(self, operation: Operation) -> str:
        """Show how much is done."""
        return f"{operation.percent} %"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show how far it is and what came of it; while it goes on, the page looks again."""
        mine = self.get_object(request, object_id)
        if mine is None:
            return HttpResponseRedirect(reverse("admin:operations_operation_changelist"))
        values = self.admin_site.each_context(request) | story(mine)
        answer = TemplateResponse(request, "operations/operation.html", values)
        if mine.state == Operation.State.WAITING:
            answer.headers["Refresh"] = WATCHED
        return answer

    def again(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Do for real what was a dry run."""
        return self.changed(request, pk, service.do_for_real)

    def cancel(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Do no further step."""
        return self.changed(request, pk, service.cancel)

    def changed(self, request: HttpRequest, pk: UUID, change: Any) -> HttpResponse:
        """Change an operation of those one may do, and show it."""
        if request.method != "POST":
            raise PermissionDenied
        mine = self.mine(request, pk)
        try:
            change(mine.pk)
        except service.Finished:
            self.message_user(request, _("It has ended already."), messages.WARNING)
        return HttpResponseRedirect(reverse("admin:operations_operation_change", args=[pk]))

    def refused_lines(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """Send every line that was left out, with the reason."""
        return sheet("left-out.csv", told(self.mine(request, pk)))

    def mine(self, request: HttpRequest, pk: UUID) -> Operation:
        """Find an operation of those one may do."""
        mine = self.get_queryset(request).filter(pk=pk).first()
        if mine is None:
            raise Http404
        return mine


def story(mine: Operation) -> dict[str, Any]:
    """Give the page plain values."""
    work = registry[mine.work]
    refusals = mine.refusals.order_by("line")[:SHOWN]
    return {
        "title": mine.name,
        "operation": mine,
        "work": work,
        "figures": [(work.figures.get(name, name), count) for name, count in mine.figures.items()],
        "refusals": [(each.line, reason(work, each.code), each.detail) for each in refusals],
        "ended": mine.state == Operation.State.DONE and not mine.dry_run,
        "tried": mine.state == Operation.State.DONE and mine.dry_run,
    }


def reason(work: Work, code: str) -> str:
    """Say why a line was left out."""
    return str(work.reasons.get(code, code))


def told(mine: Operation) -> Iterator[tuple[object, ...]]:
    """Write every line that was left out."""
    yield gettext("Line"), gettext("Code"), gettext("Why"), gettext("Details")
    work = registry[mine.work]
    for each in mine.refusals.order_by("line").iterator():
        yield each.line, each.code, reason(work, each.code), each.detail
