"""Files that somebody has bought, and how often and until when they can be fetched."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from commerce import ids

from .order import Line, Order


class Grant(models.Model):
    """The right to fetch a bought file so many times until a moment."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="grants")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=128)
    path = models.CharField(max_length=200)
    used = models.PositiveSmallIntegerField(default=0, db_default=0)
    most = models.PositiveSmallIntegerField()
    expires_at = models.DateTimeField()
    granted_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["line", "path"], name="orders_grant_once"),
            models.CheckConstraint(condition=Q(used__lte=F("most")), name="orders_grant_limit"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.order_id}"
