"""Lists that stay quick however long they grow."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
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


class Shown(Listed):
    """Something that comes by itself, stays, and is opened as a page instead of a form."""

    page_template = ""

    def page(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return what the template shows of a row; raises Http404 if there is nothing by now."""
        raise Http404

    def has_add_permission(self, request: HttpRequest) -> bool:
        """It comes by itself."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It stays."""
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the page."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        values = self.admin_site.each_context(request) | {"opts": self.opts}
        return TemplateResponse(request, self.page_template, values | self.page(request, row))
