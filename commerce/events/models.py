"""The outbox, what is still to be delivered, and what has been handled."""

from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Now


class TransactionIdField(models.BigIntegerField):  # type: ignore[type-arg]
    """PostgreSQL's 64-bit transaction id, which never comes round again."""

    def db_type(self, connection: object) -> str:
        """Name the column type."""
        return "xid8"


class Fact(models.Model):
    """Something that happened; the row stays for some days after the last handler is done."""

    uuid = models.UUIDField(unique=True)
    name = models.CharField(max_length=100)
    aggregate = models.CharField(max_length=200)
    payload = models.JSONField()
    occurred_at = models.DateTimeField(db_default=Now())
    request_id = models.CharField(max_length=64)
    traceparent = models.CharField(max_length=200)
    txid = TransactionIdField(db_default=Func(function="pg_current_xact_id"))

    class Meta:
        db_table = "events_outbox"
        indexes = [models.Index(fields=["txid"], name="events_outbox_txid")]

    def __str__(self) -> str:
        return f"{self.name} of {self.aggregate}"


class Delivery(models.Model):
    """One fact on its way to one consumer; the row is gone once that consumer has handled it."""

    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, db_index=False)
    consumer = models.CharField(max_length=200)
    aggregate = models.CharField(max_length=200)
    queue = models.CharField(max_length=20)
    due_at = models.DateTimeField(db_default=Now())
    handed = models.IntegerField(db_default=0)  # to the broker, since a worker last began it
    attempts = models.IntegerField(db_default=0)  # by workers
    died_at = models.DateTimeField(null=True)
    last_error = models.TextField(db_default="")

    class Meta:
        verbose_name_plural = "deliveries"
        permissions = [("replay_delivery", "Can replay dead deliveries")]
        constraints = [
            models.UniqueConstraint(fields=["fact", "consumer"], name="events_delivery_once")
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(died_at=None), name="events_delivery_due"
            ),
            models.Index(
                fields=["queue", "fact"], condition=Q(died_at=None), name="events_delivery_waiting"
            ),
            models.Index(fields=["consumer", "aggregate", "fact"], name="events_delivery_order"),
        ]

    def __str__(self) -> str:
        return f"{self.fact_id} to {self.consumer}"


class Handled(models.Model):
    """A note that a consumer has handled a fact, made in the transaction of its effect."""

    consumer = models.CharField(max_length=200)
    fact = models.UUIDField()

    class Meta:
        db_table = "events_inbox"
        constraints = [
            models.UniqueConstraint(fields=["consumer", "fact"], name="events_inbox_once")
        ]

    def __str__(self) -> str:
        return f"{self.fact} by {self.consumer}"


class Bookmark(models.Model):
    """How far the facts of a context in another process have been read."""

    context = models.CharField(max_length=50, primary_key=True)
    cursor = models.TextField(default="")

    def __str__(self) -> str:
        return self.context
