"""Where products are found."""

from django.urls import include, path

api = [path("api/search/v1/", include("apps.search.rest"))]
