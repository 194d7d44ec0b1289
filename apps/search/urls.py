"""Where products are found."""

from django.urls import include, path

from . import views

api = [path("api/search/v1/", include("apps.search.rest"))]
pages = [
    path("search/", views.results, name="search"),
    path("shelves/<path:path>/", views.category, name="category"),
]
