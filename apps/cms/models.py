"""Pages that merchants write, in Wagtail: drafts, previews, schedules, languages come with it."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.blocks import CharBlock, ListBlock, RichTextBlock
from wagtail.fields import StreamField
from wagtail.models import Page

from apps.catalog.interface import Item, catalog
from commerce.services import ServiceUnavailable


class ShopPage(Page):
    """A page of words, pictures and products."""

    intro = models.TextField(_("introduction"), blank=True)
    picture = models.CharField(
        _("picture"), max_length=32, blank=True, help_text=_("Key of a picture under Media.")
    )
    body = StreamField(
        [
            ("text", RichTextBlock(label=_("Text"))),
            ("products", ListBlock(CharBlock(label=_("SKU")), label=_("Products"))),
        ],
        blank=True,
    )

    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("picture"),
        FieldPanel("body"),
    ]

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Give the template the blocks as plain values, products looked up in one call."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        wanted = [
            sku for block in self.body if block.block_type == "products" for sku in block.value
        ]
        items = known(tuple(wanted))
        context["blocks"] = [
            {"products": [tile(items[sku]) for sku in block.value if sku in items]}
            if block.block_type == "products"
            else {"text": block.value}
            for block in self.body
        ]
        return context


class HomePage(ShopPage):
    """What shoppers see first."""

    template = "cms/home.html"
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["cms.ContentPage"]


class ContentPage(ShopPage):
    """Anything else a merchant has to say: about, delivery, terms."""

    template = "cms/content.html"
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage", "cms.ContentPage"]


def known(skus: tuple[str, ...]) -> dict[str, Item]:
    """Ask the catalogue for products; a page without its products is better than no page."""
    try:
        return catalog.items(skus=skus) if skus else {}
    except ServiceUnavailable:
        return {}


def tile(item: Item) -> dict[str, Any]:
    """Show a product as search results do."""
    name = item.name.get(get_language() or "en") or next(iter(item.name.values()), item.slug)
    return {"slug": item.slug, "name": name, "sku": item.sku, "picture": item.picture}
