"""Accounts over the API: signing in by tokens, and what a customer keeps here."""

from django.urls import path

from commerce.rest.endpoint import resource

from . import accounts, me, places, tokens

urlpatterns = [
    path("tokens", tokens.create, name="customers-tokens"),
    path("tokens/current", tokens.end, name="customers-token"),
    path("jwks", tokens.jwks, name="customers-jwks"),
    path("customers", accounts.register_account, name="customers-customers"),
    path("customers/me", resource(me.show, me.change), name="customers-me"),
    path("customers/me/addresses", resource(places.show_all, places.add), name="customers-places"),
    path(
        "customers/me/addresses/<str:address>",
        resource(places.show, places.change, places.remove),
        name="customers-place",
    ),
    path("password-resets", accounts.reset, name="customers-resets"),
    path("password-resets/<str:token>/confirm", accounts.confirm, name="customers-confirm"),
]
