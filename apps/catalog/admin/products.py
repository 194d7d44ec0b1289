"""The pages on which merchants find and edit products."""

import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.catalog.models import Product, Variant
from apps.catalog.service.edit import Stale, edit
from commerce import clock
from commerce.admin.lists import Listed

from .forms import DocumentForm, ProductForm
from .sorts import Sort
from .texts import LANGUAGES

NAMES = dict(settings.LANGUAGES)
FOUND = 200  # products at most by each of the ways


def sort_of(request: HttpRequest, product: Product | None) -> Sort:
    """Find the class whose fields a form has; a new product's is chosen in the address."""
    return Sort(product.product_class if product else request.GET.get("product_class", "Default"))


def said_in(locale: str) -> tuple[str, ...]:
    """Name the fields of a language; the first one's slug stands for those that have none."""
    own = () if locale == LANGUAGES[0] else (f"slug_{locale}",)
    return (f"name_{locale}", *own, f"summary_{locale}", f"description_{locale}")


@admin.register(Product)
class ProductAdmin(Listed):
    """Products, the last changed first."""

    form = ProductForm
    list_display = ("name", "key", "kind", "product_class", "state", "updated_at")
    list_filter = ("online", "kind")
    ordering = ("-updated_at",)
    search_fields = ("name",)
    search_help_text = _("By the beginning of a key or SKU, or by words of the name")
    fieldsets = (
        (
            None,
            {"fields": ("seen", "key", "kind", "slug", "product_class", "visibility")},
        ),
        (_("When it is there"), {"fields": ("online", "online_from", "online_until")}),
        *((NAMES[code], {"fields": said_in(code)}) for code in LANGUAGES),
        (_("Where it stands"), {"fields": ("categories", "tax_class")}),
        (_("What belongs to it"), {"fields": ("related", "accessories", "replacement")}),
        (_("What is bought"), {"fields": ("options", "variants", "components")}),
        (_("Pictures"), {"fields": ("pictures",)}),
    )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> type[DocumentForm]:
        """Make the form that the product's class asks for."""
        sort = sort_of(request, obj)
        form = type("SortedForm", (ProductForm,), {**sort.fields(), "sort": sort})
        made: type[DocumentForm] = super().get_form(
            request, obj, change=change, **options | {"form": form}
        )
        return made

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the fields of the class, and what was changed by hand where there is something."""
        sort = sort_of(request, obj)
        first, *others = super().get_fieldsets(request, obj)
        properties = (_("Properties"), {"fields": (*sort.fields(), "attributes")})
        mine = [(_("Imports"), {"fields": ("give_back",)})] if obj and obj.owned else []
        return [first, *mine, properties, *others]

    @display(
        description=_("state"),
        label={"live": "success", "scheduled": "info", "draft": "warning", "ended": "danger"},
    )
    def state(self, product: Product) -> tuple[str, Any]:
        """Say whether shoppers can buy it now."""
        now = clock.now()
        if not product.online:
            return "draft", _("draft")
        if product.online_from and product.online_from > now:
            return "scheduled", _("scheduled")
        if product.online_until and product.online_until <= now:
            return "ended", _("ended")
        return "live", _("live")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        """Leave the documents alone where only a list is shown."""
        rows: QuerySet[Product] = super().get_queryset(request)
        match = request.resolver_match
        return (
            rows.defer("document")
            if match and (match.url_name or "").endswith("changelist")
            else rows
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
        query = SearchQuery(
            " & ".join(f"{word}:*" for word in words), search_type="raw", config="simple"
        )
        named = Product.objects.annotate(words=SearchVector("name", config="simple"))
        ways = (
            Variant.objects.filter(sku__istartswith=prefix).values_list("product", flat=True),
            Product.objects.filter(key__istartswith=prefix).values_list("id", flat=True),
            named.filter(words=query).values_list("id", flat=True),
        )
        found = {id for way in ways for id in way.order_by()[:FOUND]}
        return queryset.filter(id__in=found), False

    def save_model(
        self, request: HttpRequest, obj: Product, form: DocumentForm, change: bool
    ) -> None:
        """Save through the service, which announces the change and makes it the shop's."""
        seen = form.cleaned_data["seen"] if change else None
        try:
            edit(form.draft, seen=seen, back=frozenset(form.cleaned_data["give_back"]))
        except Stale:
            text = _("Somebody else changed this product meanwhile; nothing was saved.")
            self.message_user(request, text, messages.ERROR)
        obj.id = Product.objects.only("id").get(key=form.draft.key).id

    def view_on_site(self, obj: Product) -> str:
        """Lead to the page that shoppers see."""
        return reverse("product", args=[obj.slug])

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Products are taken offline: orders and other systems may still speak of them."""
        return False
