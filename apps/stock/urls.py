"""Where the stock context is reached."""

from django.urls import include, path

from . import views

api = [path("api/stock/v1/", include("apps.stock.rest"))]
pages = [
    path("alerts/", views.ask, name="stock-alert-ask"),
    path("alerts/new", views.wait, name="stock-alert-new"),
    path("alerts/<uuid:alert>/<str:token>", views.alert, name="stock-alert"),
]
