"""What was begun, the parts of the file it works through, and what was refused."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from commerce import ids


class Operation(models.Model):
    """Work in steps: `at` of `steps` are done; a dry run changes nothing but its figures."""

    class State(models.TextChoices):
        """Workers go on with what waits; the others are where they end."""

        WAITING = "waiting", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("given up")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    work = models.CharField(_("what"), max_length=60)
    name = models.CharField(_("name"), max_length=255)
    owner = models.CharField(_("by"), max_length=150)
    options = models.JSONField(default=dict)
    dry_run = models.BooleanField(_("dry run"), default=False)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    steps = models.PositiveIntegerField(_("steps"))
    at = models.PositiveIntegerField(_("steps done"), default=0)
    tries = models.PositiveSmallIntegerField(default=0)  # of the next step
    figures = models.JSONField(_("figures"), default=dict)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    begun_at = models.DateTimeField(_("begun"), db_default=Now())

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        indexes = [
            models.Index(
                fields=["begun_at"], name="operations_waiting", condition=Q(state="waiting")
            ),
            models.Index(fields=["-begun_at"], name="operations_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(at__lte=models.F("steps")), name="operations_within_steps"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def percent(self) -> int:
        """How much is done, in whole per cent."""
        return 100 * self.at // max(self.steps, 1)


class Part(models.Model):
    """Some lines of a file, for one step; it goes when the work is done."""

    pk = models.CompositePrimaryKey("operation", "number")
    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    first_line = models.PositiveIntegerField()
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.number} of {self.operation_id}"


class Refusal(models.Model):
    """A line that was left out, and why: a code for programs, and what it was about."""

    pk = models.CompositePrimaryKey("operation", "line")
    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="refusals")
    line = models.PositiveIntegerField()
    code = models.CharField(max_length=60)
    detail = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"line {self.line} of {self.operation_id}: {self.code}"
