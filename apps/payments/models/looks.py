"""Looks at the books of providers, and where they differ from ours."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from commerce.money import Money


class Reconciliation(models.Model):
    """The look at one provider's books on one day."""

    provider = models.CharField(_("provider"), max_length=40)
    day = models.DateField(_("day"))
    begun_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(_("ended at"), null=True)
    payments = models.PositiveIntegerField(_("payments"), db_default=0)
    differences = models.PositiveIntegerField(_("differences"), db_default=0)

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ["-day", "provider"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "day"], name="payments_reconciled_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.day}"


class Difference(models.Model):
    """An amount that is another in the provider's books than in ours, until it is not any more."""

    provider = models.CharField(_("provider"), max_length=40)
    payment = models.CharField(_("payment"), max_length=200)  # as the provider names it
    what = models.CharField(_("what"), max_length=16)
    ours_minor = models.BigIntegerField()
    theirs_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    found_at = models.DateTimeField(_("found at"), db_default=Now())
    gone_at = models.DateTimeField(_("gone at"), null=True)

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "payment", "what"],
                condition=Q(gone_at__isnull=True),
                name="payments_difference_is_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.payment} {self.what}"

    @property
    def ours(self) -> Money:
        """What our books say."""
        return Money(self.ours_minor, self.currency)

    @property
    def theirs(self) -> Money:
        """What the provider's books say."""
        return Money(self.theirs_minor, self.currency)
