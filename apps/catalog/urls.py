"""Where products are read: the API, and the pages that show them."""

from django.urls import include, path

from . import views

api = [path("api/catalog/v1/", include("apps.catalog.rest"))]
pages = [path("products/<slug:slug>", views.product, name="product")]
