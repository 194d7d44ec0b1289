"""The catalogue over the API: products, categories, classes and collections."""

from django.urls import path

from commerce.rest.endpoint import resource

from . import changes, classes, collections, products
from .products import Branch, Branches, Document, Documents

__all__ = ["Branch", "Branches", "Document", "Documents"]

urlpatterns = [
    path("products", products.products, name="catalog-products"),
    path(
        "products/<product>",
        resource(products.product, changes.put, changes.patch, changes.delete),
        name="catalog-product",
    ),
    path("categories", products.categories, name="catalog-categories"),
    path("categories/<path:category>", products.category, name="catalog-category"),
    path("product-classes", classes.listed, name="catalog-classes"),
    path("product-classes/<code>", resource(classes.show, classes.put), name="catalog-class"),
    path("product-classes/<code>/misfits", classes.misfitting, name="catalog-misfits"),
    path("collections", collections.listed, name="catalog-collections"),
    path(
        "collections/<slug>",
        resource(collections.show, collections.put),
        name="catalog-collection",
    ),
]
