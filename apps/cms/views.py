"""The home page, which has an address of its own even before a merchant wrote one."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.views import serve

from .models import HomePage

CACHED = 60  # seconds at the edge


@require_safe
@cache_control(public=True, max_age=0, s_maxage=CACHED, stale_while_revalidate=CACHED)
def home(request: HttpRequest) -> HttpResponse:
    """Show the merchant's home page, or a plain one that leads to the shelves."""
    if HomePage.objects.live().exists():
        return cast("HttpResponse", serve(request, ""))
    return render(request, "cms/home.html", {"page": None, "blocks": []})
