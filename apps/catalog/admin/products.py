"""The pages on which merchants find and edit products."""

import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Product, Variant
from apps.catalog.service import CatalogService
from commerce.admin.lists import Listed

from .forms import DocumentForm, ProductForm
from .texts import LANGUAGES

NAMES = dict(settings.LANGUAGES)
FOUND_BY_SKU = 200  # products at most


@admin.register(Product)
class ProductAdmin(Listed):
    """Products, the last changed first."""

    form = ProductForm
    list_display = ("name", "key", "kind", "online", "updated_at")
    list_filter = ("online", "kind")
    ordering = ("-updated_at",)
    search_fields = ("name",)
    search_help_text = _("By the beginning of a key or SKU, or by words of the name")
    fieldsets = (
        (
            None,
            {"fields": ("seen", "key", "kind", "slug", "product_class", "online", "visibility")},
        ),
        *(
            (NAMES[code], {"fields": (f"name_{code}", f"summary_{code}", f"description_{code}")})
            for code in LANGUAGES
        ),
        (_("Where it stands"), {"fields": ("categories", "attributes", "related", "tax_class")}),
        (_("What is bought"), {"fields": ("options", "variants", "components")}),
        (_("Pictures"), {"fields": ("pictures",)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        """A key keeps its spelling, because other systems know it."""
        return ("key",) if obj else ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Product], search_term: str
    ) -> tuple[QuerySet[Product], bool]:
        """Find by what has an index, so that two million products are searched at once."""
        words = re.findall(r"\w+", search_term)
        if not words:
            return queryset, False
        prefix = search_term.strip()
        skus = Variant.objects.filter(sku__istartswith=prefix).values_list("product", flat=True)
        query = SearchQuery(
            " & ".join(f"{word}:*" for word in words), search_type="raw", config="simple"
        )
        vector = SearchVector("name", config="simple")
        found = Q(key__istartswith=prefix) | Q(id__in=list(skus[:FOUND_BY_SKU])) | Q(words=query)
        return queryset.annotate(words=vector).filter(found), False

    def save_model(
        self, request: HttpRequest, obj: Product, form: DocumentForm, change: bool
    ) -> None:
        """Save through the service, which announces the change."""
        CatalogService().save(drafts=(form.draft,))
        obj.id = Product.objects.only("id").get(key=form.draft.key).id

    def view_on_site(self, obj: Product) -> str:
        """Lead to the page that shoppers see."""
        return reverse("product", args=[obj.slug])

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Products are taken offline: orders and other systems may still speak of them."""
        return False
