"""Where a merchant makes API keys and switches them off."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from commerce.admin.lists import Listed

from . import keys
from .models import ApiKey

if TYPE_CHECKING:
    from django.forms import ModelForm


@admin.register(ApiKey)
class ApiKeyAdmin(Listed):
    """A new key is shown once, on the page that follows its making, and never again."""

    list_display = ["name", "kind", "prefix", "active", "last_used_at"]
    list_filter = ["kind", "active"]
    search_fields = ["name", "prefix"]
    readonly_fields = ["prefix", "created_at", "last_used_at"]

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[str]:
        """Ask for a name, a kind and scopes; the rest comes by itself."""
        chosen = ["name", "kind", "scopes"]
        return [*chosen, "active", *self.readonly_fields] if obj else chosen

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[str]:
        """Keep the kind of a key: its value begins with it."""
        return [*self.readonly_fields, "kind"] if obj else self.readonly_fields

    def save_model(
        self, request: HttpRequest, obj: ApiKey, form: "ModelForm[ApiKey]", change: bool
    ) -> None:
        """Make the value of a new key; a change counts at once in this process."""
        if change:
            obj.save()
            keys.memory.forget()
        else:
            request.made_key = keys.make(obj.kind)  # type: ignore[attr-defined]
            keys.give(obj, request.made_key)  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the value, in this answer only: it is stored nowhere, not even in a cookie."""
        values: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Your new API key"),
            "name": obj.name,
            "value": request.made_key,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "rest/key_made.html", values)
