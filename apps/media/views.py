"""Shoppers' browsers fetch pictures here; a rendition never changes, so it is kept for ever."""

from typing import IO

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from .domain import WIDTHS, path
from .models import Asset

YEAR = 31_536_000  # seconds


@require_safe
def rendition(request: HttpRequest, key: str, width: str) -> FileResponse:
    """Show a picture at one of the usual widths, or at its own where it is smaller."""
    try:
        file: IO[bytes] = default_storage.open(path(key, int(width)))
    except FileNotFoundError:
        file = smaller(key, int(width))
    response = FileResponse(file, content_type="image/webp")
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def smaller(key: str, width: int) -> IO[bytes]:
    """Open the largest rendition of a picture that is smaller than what was asked for."""
    row = Asset.objects.filter(key=key, width__lt=width).first() if width in WIDTHS else None
    if row is None:
        raise Http404("No such picture.")
    return default_storage.open(path(key, row.width))
