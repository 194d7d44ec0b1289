"""Pictures and files that are sold, as merchants see them."""

from django.contrib import admin
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from commerce.admin.lists import Listed, LookedAt

from .domain import nearest
from .models import Asset, Download

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


@admin.register(Download)
class DownloadAdmin(Listed):
    """Files that are sold, by SKU; who has bought one gets it by a link of his own."""

    list_display = ("sku", "name", "size", "added_at")
    search_fields = ("sku__startswith", "name__istartswith")
    search_help_text = _("The beginning of a SKU or of a file's name")
    ordering = ("-added_at", "id")

    def get_fields(self, request: HttpRequest, obj: Download | None = None) -> tuple[str, ...]:
        """Take a file once; after that it is told how large it is, for it has no address."""
        return ("sku", "name", "size", "added_at") if obj else ("sku", "name", "file")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Download | None = None
    ) -> tuple[str, ...]:
        """Keep what was bought as it was bought."""
        return ("sku", "name", "size", "added_at") if obj else ()

    @admin.display(description=_("size"))
    def size(self, download: Download) -> str:
        """Tell how large the file is."""
        return filesizeformat(download.file.size)


def shown(asset: Asset, width: int) -> str:
    """Show a picture as wide as asked, from the next rendition."""
    url = reverse("picture", args=[asset.key, nearest(width, asset.width)])
    height = round(width * asset.height / asset.width)
    return format_html(
        '<img src="{}" alt="" width="{}" height="{}" loading="lazy">', url, width, height
    )
