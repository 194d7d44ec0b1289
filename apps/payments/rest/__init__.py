"""Payments over the API: shoppers begin them, partners take money, give it up and give it back."""

from django.urls import path

from . import money, sessions, webhooks

urlpatterns = [
    path("methods", sessions.methods, name="payment-methods"),
    path("sessions", sessions.start, name="payment-sessions"),
    path("sessions/<str:session>", sessions.show, name="payment-session"),
    path("sessions/<str:session>/confirm", sessions.confirm, name="payment-session-confirm"),
    path("webhooks/<slug:provider>", webhooks.hear, name="payment-webhooks"),
    path("payments/<str:payment>", money.show, name="payment"),
    path("payments/<str:payment>/capture", money.capture, name="payment-capture"),
    path("payments/<str:payment>/void", money.void, name="payment-void"),
    path("payments/<str:payment>/refunds", money.refund, name="payment-refunds"),
]
