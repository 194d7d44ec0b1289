"""Where the stock context is reached."""

from django.urls import include, path

from . import views

api = [path("api/stock/v1/", include("apps.stock.rest"))]
pages = [path("alerts/<uuid:alert>/<str:token>", views.alert, name="stock-alert")]
