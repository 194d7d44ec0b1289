"""The language of a page is in its path and nowhere else, so that caches may keep one copy."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.translation import get_language

from commerce.rest.errors import is_api


class PathLanguageMiddleware(LocaleMiddleware):
    """Django's, which would have pages without a prefix vary by `Accept-Language`."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Name the language of pages; the API speaks one only."""
        if not is_api(request):
            response.headers.setdefault("Content-Language", get_language() or "")
        return response
