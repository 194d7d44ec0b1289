"""Our books: double entry, only ever added to."""

from django.db import models
from django.db.models.functions import Now

from commerce.money import Money

from .sessions import Session


class Entry(models.Model):
    """A line of our books: something happened to a session, once; amounts are in minor units.

    Where money moved its postings say from where to where. Books are only ever added to, and the
    postings of an entry add up to nothing: both are triggers in the database.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="entries")
    what = models.CharField(max_length=16)
    reference = models.CharField(max_length=80, blank=True, db_default="")
    minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "what", "reference"], name="payments_entry_of_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {Money(self.minor, self.currency).amount} {self.currency}"


class Posting(models.Model):
    """What an entry put into an account, in minor units of its currency; negative: took out."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=60)
    minor = models.BigIntegerField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.account} {self.minor:+}"
