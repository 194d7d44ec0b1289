"""What the catalog context keeps: product documents, their SKUs, the category tree, words."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Upper
from treebeard.mp_tree import MP_Node

from commerce import ids

from .interface import Kind, Type

NEXT_REVISION = models.Func(models.Value("catalog_revision"), function="nextval")


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
    online_from = models.DateTimeField(null=True, blank=True)
    online_until = models.DateTimeField(null=True, blank=True)
    collections = ArrayField(models.TextField(), db_default=[])  # slugs of those it fits
    owned = models.JSONField(db_default={})  # fields that are the shop's: what imports say of them
    imported = models.BinaryField(null=True)  # digest of what the last import brought
    digest = models.CharField(max_length=64)  # of the document, to see that nothing changed
    version = models.PositiveIntegerField(default=1)
    revision = models.BigIntegerField(db_default=NEXT_REVISION)  # a trigger renews it
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Upper("key"), name="catalog_product_key")]
        indexes: ClassVar = [
            models.Index("updated_at", "id", name="catalog_product_walk"),
            models.Index("revision", name="catalog_product_feed"),
            models.Index(OpClass(Upper("key"), "text_pattern_ops"), name="catalog_product_prefix"),
            GinIndex(SearchVector("name", config="simple"), name="catalog_product_words"),
        ]

    def __str__(self) -> str:
        return self.name


class Slug(models.Model):
    """A slug that leads to a product beside its first one: another language's, or a former one."""

    slug = models.CharField(max_length=200, primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="other_slugs")

    def __str__(self) -> str:
        return self.slug


class Removal(models.Model):
    """A product that is gone, for those who follow the changes."""

    product = models.UUIDField(primary_key=True)
    key = models.CharField(max_length=64)
    revision = models.BigIntegerField(db_default=NEXT_REVISION)
    removed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index("revision", name="catalog_removal_feed")]

    def __str__(self) -> str:
        return self.key


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
    version = models.PositiveIntegerField(db_default=1)

    class Meta:
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return str(self.slugs)


class FormerPath(models.Model):
    """A path that led to a category before it was moved or renamed, and still does."""

    path = models.CharField(max_length=255, primary_key=True)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="formerly")

    def __str__(self) -> str:
        return self.path


class Collection(models.Model):
    """Products gathered by a rule; which product fits is kept with the product."""

    slug = models.CharField(max_length=200, unique=True)
    name = models.JSONField()  # by locale
    description = models.JSONField(default=dict, blank=True)  # HTML by locale
    rule = models.JSONField()
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.slug


class Attribute(models.Model):
    """The words of a property; `values` is a list of pairs because jsonb forgets an order."""

    code = models.CharField(max_length=64, unique=True)
    label = models.JSONField()  # by locale
    values = models.JSONField(default=list)  # [[value, {locale: label}], ...]
    facet = models.BooleanField(default=True)
    type = models.CharField(
        max_length=10, choices=[(t.value, t.value) for t in Type], db_default=Type.TEXT.value
    )
    unit = models.CharField(max_length=20, blank=True, db_default="")
    searchable = models.BooleanField(db_default=True)

    def __str__(self) -> str:
        return self.code


class ProductClass(models.Model):
    """What products of one sort have to say of themselves."""

    code = models.CharField(max_length=100, unique=True)
    label = models.JSONField(default=dict)  # by locale
    traits = models.JSONField(default=list)
    open = models.BooleanField(default=True)  # other attributes are welcome
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "product classes"

    def __str__(self) -> str:
        return self.code
