"""Keeps pages that caches share free of who asked first: what varies them is in their address."""

from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.translation import get_language

from commerce.rest.errors import is_api


class QuietSessionMiddleware(SessionMiddleware):
    """Django's, which would take stale cookies back even in answers that caches keep."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Say nothing of a session that nobody looked at."""
        session = request.session
        if session.accessed or session.modified:
            return super().process_response(request, response)
        return response


class PathLanguageMiddleware(LocaleMiddleware):
    """Django's, which would have pages without a prefix vary by `Accept-Language`."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Name the language of pages; the API speaks one only."""
        if not is_api(request):
            response.headers.setdefault("Content-Language", get_language() or "")
        return response
