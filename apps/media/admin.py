"""Pictures, as merchants see them."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from commerce.admin.lists import LookedAt

from .domain import nearest
from .models import Asset

LARGE, SMALL = 640, 64  # pixels


@admin.register(Asset)
class AssetAdmin(LookedAt):
    """Stored pictures, the latest first; they come with products and pages, which name the key."""

    list_display = ("preview", "name", "key", "width", "height", "stored_at")
    fields = ("picture", "name", "key", "width", "height", "stored_at")
    readonly_fields = ("picture",)
    search_fields = ("name__istartswith", "key__startswith")
    search_help_text = _("The beginning of a file's name or of a key")
    ordering = ("-stored_at", "key")

    @admin.display(description="")
    def preview(self, asset: Asset) -> str:
        """Show the picture in a list."""
        return shown(asset, SMALL)

    @admin.display(description=_("picture"))
    def picture(self, asset: Asset) -> str:
        """Show the picture itself."""
        return shown(asset, LARGE)


def shown(asset: Asset, width: int) -> str:
    """Show a picture as wide as asked, from the next rendition."""
    url = reverse("picture", args=[asset.key, nearest(width, asset.width)])
    height = round(width * asset.height / asset.width)
    return format_html(
        '<img src="{}" alt="" width="{}" height="{}" loading="lazy">', url, width, height
    )
