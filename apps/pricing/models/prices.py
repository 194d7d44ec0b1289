"""What goods cost, on which list, and what of it is tax."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .fields import CODE, COUNTRY, CURRENCY


class PriceList(models.Model):
    """Prices for some channels, customers or times; whatever is left empty means all of them."""

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[CODE])
    name = models.CharField(
        _("name"), max_length=120, help_text=_("What explanations of prices call it.")
    )
    active = models.BooleanField(_("active"), default=True)
    channels = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    groups = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("customer groups"),
        default=list,
        blank=True,
    )
    customers = ArrayField(models.UUIDField(), default=list, blank=True)
    since = models.DateTimeField(_("since"), null=True, blank=True)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    priority = models.IntegerField(
        _("priority"), default=0, help_text=_("Among lists for the same people, the highest goes.")
    )

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = [
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gt=F("since")),
                name="pricing_pricelist_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a period that makes no sense."""
        if self.since and self.until and self.until <= self.since:
            raise ValidationError({"until": _("It ends before it starts.")})


class Price(models.Model):
    """The price of a unit with tax, in minor units (cents), from so many units on.

    `before` is struck out beside it, and no promotion goes below `minimum`. On no list it is the
    standard price, for everybody at any time.
    """

    sku = models.CharField("SKU", max_length=255)
    currency = models.CharField(max_length=3, validators=[CURRENCY])
    list = models.ForeignKey(
        PriceList,
        on_delete=models.PROTECT,
        verbose_name=_("price list"),
        null=True,
        blank=True,
        related_name="prices",
        db_index=False,
    )
    from_quantity = models.PositiveIntegerField(_("from units"), default=1, db_default=1)
    minor = models.BigIntegerField()
    before_minor = models.BigIntegerField(null=True)
    minimum_minor = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "currency", "list", "from_quantity"],
                nulls_distinct=False,
                name="pricing_price_once",
            ),
            models.CheckConstraint(condition=Q(minor__gte=0), name="pricing_price_not_negative"),
            models.CheckConstraint(
                condition=Q(before_minor__isnull=True) | Q(before_minor__gt=F("minor")),
                name="pricing_before_is_more",
            ),
            models.CheckConstraint(
                condition=Q(minimum_minor__isnull=True)
                | Q(minimum_minor__gte=0, minimum_minor__lte=F("minor")),
                name="pricing_minimum_is_less",
            ),
            models.CheckConstraint(condition=Q(from_quantity__gte=1), name="pricing_price_of_some"),
        ]
        indexes = [
            models.Index(
                fields=["list"], condition=Q(list__isnull=False), name="pricing_price_of_list"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} in {self.currency}"


class ExchangeRate(models.Model):
    """So many units of a currency for one of another, pinned until the next one begins."""

    currency = models.CharField(
        _("currency"), max_length=3, validators=[CURRENCY], help_text=_("What shoppers pay in.")
    )
    base = models.CharField(
        _("converted from"), max_length=3, validators=[CURRENCY], help_text=_("What prices are in.")
    )
    rate = models.DecimalField(
        _("rate"),
        max_digits=18,
        decimal_places=8,
        validators=[MinValueValidator(Decimal("0.00000001"))],
        help_text=_("What one unit of the other currency is worth."),
    )
    since = models.DateTimeField(_("since"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["currency", "-since"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "since"], name="pricing_exchangerate_once"),
            models.CheckConstraint(
                condition=Q(rate__gt=0) & ~Q(currency=F("base")), name="pricing_exchangerate_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate} / {self.base}"

    def clean(self) -> None:
        """Refuse to convert a currency into itself."""
        if self.currency == self.base:
            raise ValidationError({"base": _("Choose another currency to convert from.")})


class TaxRate(models.Model):
    """So many per cent of tax on a class of goods sent to a country, from a day on."""

    tax_class = models.CharField(max_length=40, default="standard", validators=[CODE])
    country = models.CharField(max_length=2, validators=[COUNTRY])
    percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    since = models.DateField()
    source = models.CharField(max_length=200, blank=True, help_text="Where the rate is published.")

    class Meta:
        ordering = ["country", "tax_class", "-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "tax_class", "since"], name="pricing_taxrate_once"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="pricing_taxrate_per_cent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.tax_class} {self.percent}%"
