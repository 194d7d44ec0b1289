"""What browsers may do with our pages: a strict Content-Security-Policy, a laxer one for staff.

Nothing for staff is kept by a cache, neither on the way nor in the browser.
"""

from collections.abc import Callable
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponseBase

SHOP: dict[str, Any] = {
    "default-src": [SELF],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [SELF],
}
STAFF = SHOP | {  # Unfold and Wagtail bring inline scripts and styles of their own
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
}
STAFF_PATHS = ("/admin/", "/cms-admin/")
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(self), usb=()"


def leading_to(pages: list[str]) -> dict[str, Any]:
    """Let the shop's forms lead to the pages of others, where shoppers pay."""
    return SHOP | {"form-action": [SELF, *pages]}


class BrowserPolicyMiddleware:
    """Chooses the policy that django-csp writes, and says which powers of a browser we need."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS
        if request.path_info.startswith(STAFF_PATHS):
            response._csp_config = STAFF  # type: ignore[attr-defined]
            response.headers.setdefault("Cache-Control", "no-store")
        return response
