"""Pictures, as merchants see them."""

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from .domain import nearest
from .models import Asset


@admin.register(Asset)
class AssetAdmin(ModelAdmin):
    """Stored pictures; new ones come with products and pages."""

    list_display = ("preview", "name", "width", "height", "stored_at")
    search_fields = ("name",)
    readonly_fields = ("preview", "name", "width", "height", "stored_at")
    show_full_result_count = False

    @admin.display(description="")
    def preview(self, asset: Asset) -> str:
        """Show the picture itself."""
        url = reverse("picture", args=[asset.key, nearest(160, asset.width)])
        return format_html('<img src="{}" alt="" width="64" loading="lazy">', url)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Pictures are stored through the service only."""
        return False
