"""Where shoppers sign in and keep what is theirs."""

from django.urls import include, path

from . import views
from .views import account

api = [path("api/customers/v1/", include("apps.customers.rest"))]
pages = [
    path("account/sign-in/", views.sign_in, name="account-sign-in"),
    path("account/sign-out/", views.sign_out, name="account-sign-out"),
    path("account/register/", views.register, name="account-register"),
    path("account/forgotten/", views.forgotten, name="account-forgotten"),
    path("account/letter/<str:ticket>/", views.letter, name="account-letter"),
    path("account/details/", account.details, name="account-details"),
    path("account/password/", account.new_password, name="account-password"),
    path("account/addresses/", account.places, name="account-places"),
    path("account/addresses/<str:place>/", account.place, name="account-place"),
    path(
        "account/addresses/<str:place>/remove/", account.remove_place, name="account-place-remove"
    ),
]
