"""The stock over the API: what is free for shop fronts, and the shelves for partners."""

from django.urls import path

from commerce.rest.endpoint import resource

from . import availability, bulk, locations, movements

urlpatterns = [
    path("availability", availability.availability, name="stock-availability"),
    path("movements", resource(movements.ledger, movements.create), name="stock-movements"),
    path("movements:bulk", bulk.create_many, name="stock-movements-bulk"),
    path("locations", resource(locations.listed, locations.create), name="stock-locations"),
    path(
        "locations/<slug:code>",
        resource(locations.show, locations.change),
        name="stock-location",
    ),
]
