"""Sales, what is in them, and who was let in."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from commerce import ids


class Sale(models.Model):
    """Goods that nobody gets before a moment, and then, if there is a line, in order of arrival."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(_("name"), max_length=255)
    starts_at = models.DateTimeField(_("starts at"))
    lined = models.BooleanField(
        _("line"), default=True, help_text=_("Shoppers wait in order of arrival and are let in.")
    )
    pace = models.PositiveIntegerField(
        _("pace"),
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=_("At most so many shoppers are let in each second."),
    )
    last = models.BigIntegerField(editable=False, default=0)  # number given in the line
    due = models.FloatField(editable=False, default=0)  # people who may be let in by the pace
    ticked_at = models.DateTimeField(editable=False, null=True)

    class Meta:
        verbose_name = _("flash sale")
        verbose_name_plural = _("flash sales")
        constraints = [
            models.CheckConstraint(condition=Q(pace__range=(1, 1000)), name="stock_sale_pace")
        ]

    def __str__(self) -> str:
        return self.name


class SaleItem(models.Model):
    """A SKU of a sale; it is in one at most."""

    sku = models.CharField(_("SKU"), primary_key=True, max_length=255)
    sale = models.ForeignKey(Sale, models.CASCADE, related_name="items")

    class Meta:
        db_table = "stock_sale_item"
        verbose_name = _("SKU")
        verbose_name_plural = _("SKUs")

    def __str__(self) -> str:
        return self.sku


class Admission(models.Model):
    """A cart that was let in to a sale until a moment; its ticket is used up."""

    pk = models.CompositePrimaryKey("sale", "cart")
    sale = models.ForeignKey(Sale, models.CASCADE)
    cart = models.UUIDField()
    number = models.BigIntegerField()  # in the line
    until = models.DateTimeField()
    took = models.BooleanField(db_default=False)  # something, by this pass
    used = models.BooleanField(db_default=False)  # up: what was taken became an order

    class Meta:
        indexes = [
            models.Index(
                fields=["sale", "until"], condition=Q(took=False), name="stock_admission_open"
            )
        ]
