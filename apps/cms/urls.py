"""Where written pages are read and edited; they answer whatever no other context does."""

from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtail_admin_urls

from . import views

files = [path("cms-admin/", include(wagtail_admin_urls))]
pages = [path("", views.home, name="home")]
last_pages = [path("", include(wagtail_urls))]
