"""Every door of the hall: each context brings its pages and its API."""

from importlib import import_module

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from commerce.rest import urls as rest
from commerce.services import http

CONTEXTS = [
    import_module(f"apps.{name}.urls")
    for name in settings.CONTEXTS
    if f"apps.{name}" in settings.INSTALLED_APPS
]


def doors(kind: str) -> list[URLPattern | URLResolver]:
    """Collect one kind of door (`api`, `files`, `pages`, ...) from every context that has it."""
    return [pattern for context in CONTEXTS for pattern in getattr(context, kind, [])]


urlpatterns = [
    path("", include("commerce.events.urls")),
    *http.urlpatterns,
    path("", include("commerce.rest.urls")),
    path("", include("commerce.operations.urls")),
    *doors("api"),
    *rest.nowhere,
    *doors("files"),
    path("admin/", admin.site.urls),
    *i18n_patterns(*doors("pages"), *doors("last_pages"), prefix_default_language=False),
]

handler400 = "commerce.rest.errors.bad_request"
handler403 = "commerce.rest.errors.forbidden"
handler404 = "commerce.rest.errors.not_found"
handler500 = "commerce.rest.errors.broken"
