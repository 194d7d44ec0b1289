"""The stock over the API: what is free for shop fronts, and the shelves for partners."""

from django.urls import path

from commerce.rest.endpoint import resource

from . import alerts, availability, bulk, levels, locations, movements, reservations, sales

urlpatterns = [
    path("availability", availability.availability, name="stock-availability"),
    path("alerts", alerts.create, name="stock-alerts"),
    path("reservations", reservations.create, name="stock-reservations"),
    path(
        "reservations/<str:reservation>",
        resource(reservations.show, reservations.drop),
        name="stock-reservation",
    ),
    path(
        "reservations/<str:reservation>/extend",
        reservations.extend,
        name="stock-reservation-extend",
    ),
    path(
        "reservations/<str:reservation>/commit",
        reservations.commit,
        name="stock-reservation-commit",
    ),
    path("sales/<str:sku>", sales.show, name="stock-sale"),
    path("sales/<str:sku>/places", sales.place, name="stock-sale-places"),
    path("levels/<path:level>", resource(levels.show, levels.change), name="stock-level"),
    path("movements", resource(movements.ledger, movements.create), name="stock-movements"),
    path("movements:bulk", bulk.create_many, name="stock-movements-bulk"),
    path("locations", resource(locations.listed, locations.create), name="stock-locations"),
    path(
        "locations/<slug:code>",
        resource(locations.show, locations.change),
        name="stock-location",
    ),
]
