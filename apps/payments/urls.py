"""Where payments are begun, and where the test bank asks the shopper."""

from django.urls import include, path

from . import views

api = [path("api/payments/v1/", include("apps.payments.rest"))]
pages = [path("payments/bank/<str:payment>", views.bank, name="bank")]
