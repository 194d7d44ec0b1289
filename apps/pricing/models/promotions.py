"""What promotions take off, and the codes that open them."""

from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from commerce import ids

from ..domain.amounts import Currency, UnknownCurrency
from ..domain.documents import Terms, Unreadable, read
from ..domain.goods import RefersToItself
from ..domain.period import Period
from ..domain.promotions import Promotion as Rule
from ..domain.promotions import with_absent
from ..domain.snapshot import Snapshot
from ..domain.standing import Standing, standing
from .fields import CODE, COUPON, CURRENCY


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
        self._check_currency()
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
        except Unreadable as problem:
            raise ValidationError({"terms": unreadable(problem)}) from problem
        except RefersToItself as problem:
            raise ValidationError({"terms": _("It depends on itself by a detour.")}) from problem
        except ValueError as problem:
            raise ValidationError({"terms": str(problem)}) from problem

    def _check_currency(self) -> None:
        """Refuse a currency that nobody knows."""
        try:
            Currency(self.currency or "XXX")
        except UnknownCurrency as problem:
            raise ValidationError({"currency": str(problem)}) from problem

    def standing(self, now: datetime) -> Standing:
        """Tell whether it works at a moment."""
        spent = self.budget_minor is not None and self.given_minor >= self.budget_minor
        return standing(
            live=self.is_live,
            period=Period(self.since, self.until),
            now=now,
            used=self.used > 0,
            used_up=spent or (self.use_limit is not None and self.used >= self.use_limit),
        )

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
        if unknown := mine.names - {self.key, *(rule.key for rule in rules)}:
            raise ValidationError(
                {"terms": f"No promotion is called {', '.join(sorted(unknown))}."}
            )
        Snapshot(Currency("XXX"), {}, promotions=with_absent((mine, *rules)))


def unreadable(problem: Unreadable) -> ValidationError:
    """Say what cannot be read; `path` is for those who want to know exactly where."""
    told = {"words": str(problem), "path": problem.path}
    return ValidationError("%(words)s", code="unreadable", params=told)


class Batch(models.Model):
    """Coupons issued at once; whoever asks for them names the batch, so that there is one."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    promotion = models.ForeignKey(Promotion, on_delete=models.CASCADE, related_name="batches")
    name = models.CharField(max_length=120, blank=True, help_text=_("What they are for."))
    count = models.PositiveIntegerField(_("coupons"))
    made_at = models.DateTimeField(_("made"), db_default=Now())

    class Meta:
        verbose_name = _("coupon batch")
        verbose_name_plural = _("coupon batches")

    def __str__(self) -> str:
        return self.name or f"{self.promotion} {self.made_at:%Y-%m-%d}"


class Coupon(Counted):
    """A code that opens a promotion, in small or capital letters; it may be one customer's own."""

    code = models.CharField(max_length=60, validators=[COUPON])
    promotion = models.ForeignKey(Promotion, on_delete=models.CASCADE, related_name="coupons")
    batch = models.ForeignKey(
        Batch, on_delete=models.CASCADE, null=True, blank=True, related_name="coupons"
    )
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
