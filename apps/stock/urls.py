"""Where the stock context is reached."""

from django.urls import include, path

api = [path("api/stock/v1/", include("apps.stock.rest"))]
