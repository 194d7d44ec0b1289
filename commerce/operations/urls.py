"""Where operations are looked at over the API."""

from django.urls import path

from commerce.rest.endpoint import resource

from . import rest

urlpatterns = [
    path(
        "api/operations/v1/operations/<str:operation>",
        resource(rest.show, rest.cancel),
        name="operation",
    ),
    path("api/operations/v1/operations/<str:operation>/refusals", rest.refusals),
]
