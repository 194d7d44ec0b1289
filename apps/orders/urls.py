"""Where orders are placed and followed."""

from django.urls import include, path

api = [path("api/orders/v1/", include("apps.orders.rest"))]
