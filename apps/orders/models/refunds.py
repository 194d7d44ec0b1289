"""What is given back of orders: money, and goods that come back for it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from commerce import ids

from ..domain.refunds import Cause
from ..interface import RefundState, ReturnState
from .order import Order, choices


class Refund(models.Model):
    """Money given back, once for each key; `credits` says for which lines, units and amounts.

    Amounts are minor units of the order's currency; `cards` says what goes back on gift cards.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=64)
    cause = models.CharField(max_length=16, choices=choices(Cause))
    state = models.CharField(
        max_length=16, choices=choices(RefundState), default=RefundState.DUE.value
    )
    minor = models.BigIntegerField()
    to_payment = models.BigIntegerField()
    cards = models.JSONField(default=list)
    credits = models.JSONField(default=list)
    why = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "key"], name="orders_refund_once"),
            models.CheckConstraint(
                condition=Q(minor__gt=0, to_payment__gte=0), name="orders_refund_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.minor} of {self.order_id}"


class Edit(models.Model):
    """A change of an order: tried first, then applied to the version that was looked at.

    `goods` are units of lines that will not be sent; `address` is where the rest goes instead.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="edits")
    key = models.CharField(max_length=64)
    goods = models.JSONField(default=list)
    address = models.JSONField(null=True)
    minor = models.BigIntegerField()
    why = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "key"], name="orders_edit_once")]

    def __str__(self) -> str:
        return f"{self.goods} of {self.order_id}"


class Return(models.Model):
    """Goods that a customer sends back."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="returns")
    place = models.PositiveSmallIntegerField()  # which of the order's returns it is
    key = models.CharField(max_length=64)
    state = models.CharField(
        max_length=16, choices=choices(ReturnState), default=ReturnState.REQUESTED.value
    )
    goods = models.JSONField(default=list)
    received = models.JSONField(default=list)
    to_shelf = models.BooleanField(default=True)
    why = models.TextField(blank=True)
    requested_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["order", "place"], name="orders_return_place"),
            models.UniqueConstraint(fields=["order", "key"], name="orders_return_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ReturnState]),
                name="orders_return_known_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.place}"
