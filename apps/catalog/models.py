"""What the catalog context keeps: product documents, their SKUs, the category tree, words."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Upper
from treebeard.mp_tree import MP_Node

from commerce import ids

from .interface import Kind


class Product(models.Model):
    """A product as one document, with the few columns that queries need beside it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    key = models.CharField(max_length=64)
    slug = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in Kind])
    product_class = models.CharField(max_length=100)
    online = models.BooleanField(default=True)
    name = models.CharField(max_length=255)  # in the default language
    taxed_as = models.TextField(db_default="standard")
    made_of = models.JSONField(db_default=[])
    listed_in = ArrayField(models.TextField(), db_default=[])  # paths of slugs, parents too
    document = models.JSONField()  # a ProductDraft
    digest = models.CharField(max_length=64)  # of the document, to see that nothing changed
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Upper("key"), name="catalog_product_key")]
        indexes: ClassVar = [
            models.Index("updated_at", "id", name="catalog_product_walk"),
            models.Index(OpClass(Upper("key"), "text_pattern_ops"), name="catalog_product_prefix"),
            GinIndex(SearchVector("name", config="simple"), name="catalog_product_words"),
        ]

    def __str__(self) -> str:
        return self.name


class Variant(models.Model):
    """A SKU and what it leads to; rebuilt from the document whenever that changes."""

    sku = models.CharField(max_length=64, primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    position = models.PositiveIntegerField()
    options = models.JSONField(default=dict)
    weight = models.PositiveIntegerField(default=0)  # grams
    picture = models.CharField(max_length=64, null=True)  # key in the media context
    external_id = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Upper("sku"), name="catalog_variant_sku")]
        indexes: ClassVar = [
            models.Index(OpClass(Upper("sku"), "text_pattern_ops"), name="catalog_variant_prefix"),
            models.Index(
                "external_id", name="catalog_variant_external", condition=~models.Q(external_id="")
            ),
        ]

    def __str__(self) -> str:
        return self.sku


class Category(MP_Node):  # type: ignore[misc]
    """A place in the tree; its slugs stay when it is renamed, so that links to it stay."""

    slugs = models.CharField(max_length=255, unique=True)
    name = models.JSONField()  # by locale
    description = models.JSONField(default=dict, blank=True)  # HTML by locale

    class Meta:
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return str(self.slugs)


class Attribute(models.Model):
    """The words of a property; `values` is a list of pairs because jsonb forgets an order."""

    code = models.CharField(max_length=64, unique=True)
    label = models.JSONField()  # by locale
    values = models.JSONField(default=list)  # [[value, {locale: label}], ...]
    facet = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code
