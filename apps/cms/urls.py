"""Where written pages are read and edited; they answer whatever no other context does."""

from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtail_admin_urls

from . import views

sign_in = RedirectView.as_view(pattern_name="admin:login", query_string=True)
files = [
    path("cms-admin/login/", sign_in),  # one place to sign in, one limit on wrong passwords
    path("cms-admin/", include(wagtail_admin_urls)),
]
pages = [path("", views.home, name="home")]
last_pages = [path("", include(wagtail_urls))]
