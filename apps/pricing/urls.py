"""Where prices are asked for."""

from django.urls import include, path

from . import rest, views

api = [path("api/pricing/v1/", include("apps.pricing.rest"))]
files = [
    path("live", rest.places, name="live"),
    path("own/live", rest.own_places, name="live-own"),
]
pages = [path("live/<path:sku>", views.live, name="live-fragment")]
