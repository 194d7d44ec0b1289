"""What things cost, what of it is tax, what sending costs, and what promotions take off."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .domain.amounts import Currency
from .domain.documents import Terms, read
from .domain.goods import RefersToItself
from .domain.promotions import Promotion as Rule
from .domain.promotions import with_absent
from .domain.snapshot import Snapshot

COUNTRY = RegexValidator(r"^[A-Z]{2}\Z", "Use a country code of two capital letters, as in FR.")
CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", "Use a currency code of three capital letters: EUR.")
COUPON = RegexValidator(r"^[A-Za-z0-9_-]+\Z", _("Use letters, digits and hyphens."))
CODE = RegexValidator(r"^[a-z][a-z0-9-]*\Z", "Use small letters, digits and hyphens.")


class Price(models.Model):
    """The price of one unit with tax, in minor units (cents); `before` is struck out beside it."""

    sku = models.CharField("SKU", max_length=255)
    currency = models.CharField(max_length=3, validators=[CURRENCY])
    minor = models.BigIntegerField()
    before_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sku", "currency"], name="pricing_price_once"),
            models.CheckConstraint(condition=Q(minor__gte=0), name="pricing_price_not_negative"),
            models.CheckConstraint(
                condition=Q(before_minor__isnull=True) | Q(before_minor__gt=F("minor")),
                name="pricing_before_is_more",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} in {self.currency}"


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


class ShippingOption(models.Model):
    """A way to send goods to some countries, taking so many working days."""

    code = models.CharField(max_length=40, unique=True, validators=[CODE])
    name = models.JSONField(help_text='By language: {"en": "Standard", "fr": "Standard"}.')
    countries = ArrayField(models.CharField(max_length=2, validators=[COUNTRY]))
    earliest = models.PositiveSmallIntegerField("earliest working day")
    latest = models.PositiveSmallIntegerField("latest working day")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(latest__gte=F("earliest")), name="pricing_shipping_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return str(self.name.get(get_language() or "en", self.code))


class ShippingPrice(models.Model):
    """What a way of sending costs in a currency, in minor units; free from a subtotal on."""

    option = models.ForeignKey(ShippingOption, on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(max_length=3, validators=[CURRENCY])
    minor = models.PositiveBigIntegerField()
    free_from_minor = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["option", "currency"], name="pricing_shippingprice_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.option_id} in {self.currency}"


class Counted(models.Model):
    """Something that orders use up: claims alone move its counts, and who edits it never does."""

    COUNTS: ClassVar[tuple[str, ...]] = ("used",)

    use_limit = models.PositiveIntegerField(_("orders at most"), null=True, blank=True)
    used = models.PositiveIntegerField(_("orders so far"), default=0, editable=False)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(use_limit__isnull=True) | Q(used__lte=F("use_limit")),
                name="%(app_label)s_%(class)s_within_limit",
            ),
        ]

    def clean(self) -> None:
        """Refuse a limit that is passed already."""
        if self.use_limit is not None and self.use_limit < self.used:
            raise ValidationError({"use_limit": _("It was used more often already.")})

    def save(self, **options: Any) -> None:
        """Keep only what makes sense, and leave the counts alone."""
        self.full_clean()
        if not self._state.adding:
            edited = {field.name for field in self._meta.concrete_fields if not field.primary_key}
            options.setdefault("update_fields", edited - set(self.COUNTS))
        super().save(**options)


class Promotion(Counted):
    """A rule for carts; its `terms` are a document that the rules of prices can read."""

    COUNTS = ("used", "given_minor")

    key = models.CharField(max_length=60, unique=True, validators=[CODE])
    name = models.CharField(max_length=120, help_text=_("What shoppers and explanations call it."))
    is_live = models.BooleanField(_("live"), default=False)
    by_coupon = models.BooleanField(_("only with a coupon"), default=False)
    priority = models.IntegerField(default=0, help_text=_("The highest goes first."))
    exclusive = models.BooleanField(default=False, help_text=_("Applies alone."))
    stops = models.BooleanField(default=False, help_text=_("No other applies after it."))
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    currency = models.CharField(
        max_length=3, blank=True, validators=[CURRENCY], help_text=_("Empty: every currency.")
    )
    terms = models.JSONField(help_text=_("Conditions and effects."))
    budget_minor = models.PositiveBigIntegerField(
        _("budget"), null=True, blank=True, help_text=_("In cents of its currency.")
    )
    given_minor = models.PositiveBigIntegerField(_("given so far"), default=0, editable=False)

    class Meta(Counted.Meta):
        constraints: ClassVar = [
            *Counted.Meta.constraints,
            models.CheckConstraint(
                condition=Q(budget_minor__isnull=True) | Q(given_minor__lte=F("budget_minor")),
                name="pricing_promotion_within_budget",
            ),
            models.CheckConstraint(
                condition=Q(budget_minor__isnull=True) | ~Q(currency=""),
                name="pricing_promotion_budget_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gt=F("since")),
                name="pricing_promotion_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse terms that cannot be read, and amounts or periods that make no sense."""
        super().clean()
        if self.since and self.until and self.until <= self.since:
            raise ValidationError({"until": _("It ends before it starts.")})
        if self.budget_minor is not None and not self.currency:
            raise ValidationError({"currency": _("A budget needs a currency.")})
        counted = Promotion.objects.filter(pk=self.pk, used__gt=0)
        if counted.exclude(currency=self.currency).exists():
            raise ValidationError({"currency": _("It has given in another currency already.")})
        if self.budget_minor is not None and self.budget_minor < self.given_minor:
            raise ValidationError(_("It has given more than this budget already."))
        try:
            self._check_among_others()
        except RefersToItself as problem:
            raise ValidationError({"terms": _("It depends on itself by a detour.")}) from problem
        except ValueError as problem:
            raise ValidationError({"terms": str(problem)}) from problem

    def read(self) -> Terms:
        """Read the terms as the engine knows them."""
        return read(self.terms, Currency(self.currency) if self.currency else None)

    def _check_among_others(self) -> None:
        """Refuse to speak of a promotion that is not there, or that waits for this one."""
        mine = Rule(self.key, conditions=self.read().conditions)
        if not mine.names:
            return
        others = Promotion.objects.exclude(key=self.key).exclude(pk=self.pk)
        rules = tuple(Rule(each.key, conditions=each.read().conditions) for each in others)
        if unknown := mine.names - {rule.key for rule in rules}:
            raise ValidationError(
                {"terms": f"No promotion is called {', '.join(sorted(unknown))}."}
            )
        Snapshot(Currency("XXX"), {}, promotions=with_absent((mine, *rules)))


class Coupon(Counted):
    """A code that opens a promotion, in small or capital letters; it may be one customer's own."""

    code = models.CharField(max_length=60, validators=[COUPON])
    promotion = models.ForeignKey(Promotion, on_delete=models.CASCADE, related_name="coupons")
    customer = models.UUIDField(null=True, blank=True, help_text=_("Whose alone it is."))
    customer_limit = models.PositiveIntegerField(
        _("orders of a customer at most"), null=True, blank=True
    )

    class Meta(Counted.Meta):
        constraints: ClassVar = [
            *Counted.Meta.constraints,
            models.UniqueConstraint(
                Upper("code"),
                name="pricing_coupon_once",
                violation_error_message=_("There is a coupon with this code."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """Refuse to open what is open to everybody."""
        super().clean()
        if self.promotion_id and not self.promotion.by_coupon:
            raise ValidationError({"promotion": _("This promotion needs no coupon.")})


class Claim(models.Model):
    """That an order has claimed what it uses; one that was undone stays undone."""

    order = models.UUIDField(primary_key=True)
    undone = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.order)


class CouponUse(models.Model):
    """An order that uses a coupon."""

    order = models.UUIDField()
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="uses")
    customer = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "coupon"], name="pricing_couponuse_once"),
        ]
        indexes = [models.Index(fields=["coupon", "customer"], name="pricing_couponuse_customer")]

    def __str__(self) -> str:
        return f"{self.coupon_id} in {self.order}"


class PromotionUse(models.Model):
    """What a promotion gave to an order, in minor units of the order's currency."""

    order = models.UUIDField()
    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="uses")
    minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "promotion"], name="pricing_promotionuse_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.promotion_id} in {self.order}"
