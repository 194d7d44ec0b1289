"""Parcels of orders and what is in them."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from commerce import ids

from ..interface import ShipmentState
from .order import Line, Order, choices


class Shipment(models.Model):
    """A parcel, packed once for each key of whoever asked for it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    place = models.PositiveSmallIntegerField()  # which of the order's parcels it is
    key = models.CharField(max_length=64)
    state = models.CharField(
        max_length=16, choices=choices(ShipmentState), default=ShipmentState.PACKED.value
    )
    carrier = models.CharField(max_length=64, blank=True)
    tracking = models.CharField(max_length=128, blank=True)
    link = models.CharField(max_length=1024, blank=True)
    packed_at = models.DateTimeField(db_default=Now())
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["order", "place"], name="orders_shipment_place"),
            models.UniqueConstraint(fields=["order", "key"], name="orders_shipment_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ShipmentState]),
                name="orders_shipment_known_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.place}"


class ShipmentLine(models.Model):
    """So many units of a line in a parcel."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["shipment", "line"], name="orders_shipmentline_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_shipmentline_some"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.position}"
