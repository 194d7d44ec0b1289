"""Orders that were finished long ago, a partition a month."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ..interface import Status
from .order import choices


class Archived(models.Model):
    """An order with all that belonged to it, as it stood when it was moved here.

    The table is partitioned by the month in the id, which Django cannot describe; what belonged to
    the order is its column `content`, which only statements written by hand read.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.CharField(_("number"), max_length=24)
    customer = models.UUIDField(null=True)
    email = models.CharField(_("e-mail"), max_length=254)
    status = models.CharField(_("status"), max_length=16, choices=choices(Status))
    accepted_at = models.DateTimeField(_("ordered"), null=True)
    currency = models.CharField(max_length=3)
    grand = models.BigIntegerField(_("total"))
    moved_at = models.DateTimeField(_("archived"), db_default=Now())

    class Meta:
        managed = False
        db_table = "orders_archive"
        verbose_name = _("archived order")
        verbose_name_plural = _("archived orders")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number
