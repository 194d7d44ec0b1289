"""The people who have bought or signed in."""

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Lower, Now

from commerce import ids


class Customer(models.Model):
    """A person by e-mail address, whatever its capitals; a guest has never signed in."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    email = models.EmailField("e-mail", max_length=254)
    name = models.CharField(max_length=200, blank=True)
    locale = models.CharField("language", max_length=16)
    guest = models.BooleanField(default=True)
    first_seen = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                OpClass(Lower("email"), name="text_pattern_ops"), name="customers_customer_email"
            ),
        ]
        indexes = [
            models.Index(
                OpClass(Lower("name"), name="text_pattern_ops"), name="customers_customer_name"
            ),
        ]

    def __str__(self) -> str:
        return self.email
