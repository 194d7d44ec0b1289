"""The API's own doors; those of the contexts are in their `urls.api`."""

from django.urls import path

from . import views

urlpatterns = [
    path("api", views.index),
    path("api/docs", views.docs),
    path("api/openapi.json", views.whole_document),
    path("api/problems/<slug:code>", views.problem),
    path("api/<slug:context>/v<int:major>/openapi.json", views.context_document),
]
nowhere = [path("api/<path:rest>", views.nowhere)]  # after every other door under /api
