"""Where orders are placed and followed."""

from django.urls import include, path

from . import views
from .views import account, invoices, order, tracking, wishes

api = [path("api/orders/v1/", include("apps.orders.rest"))]
pages = [
    path("checkout/", views.checkout, name="checkout"),
    path("checkout/return/", views.returned, name="checkout-return"),
    path("checkout/complete/", views.complete, name="checkout-complete"),
    path("account/", account.orders, name="account"),
    path("orders/", tracking.track, name="order-tracking"),
    path("orders/<str:order>/", order.status, name="order"),
    path("orders/<str:order>/cancel/", wishes.cancel, name="order-cancel"),
    path("orders/<str:order>/returns/", wishes.send_back, name="order-return"),
    path("orders/<str:order>/documents/<str:number>/", invoices.document, name="order-document"),
    path("orders/<str:order>/documents/<str:number>.pdf", invoices.pdf, name="order-document-pdf"),
]
