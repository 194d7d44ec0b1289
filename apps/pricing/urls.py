"""Where prices are asked for."""

from django.urls import include, path

from . import rest, views

api = [path("api/pricing/v1/", include("apps.pricing.rest"))]
files = [path("live", rest.places, name="live")]
pages = [path("live/<path:sku>", views.live, name="live-fragment")]
