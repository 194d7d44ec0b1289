"""The people who have bought or signed in."""

from django.contrib.postgres.indexes import OpClass
from django.core.validators import validate_slug
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from commerce import ids


class Group(models.Model):
    """Customers who are treated alike, by the name that price lists and promotions use."""

    code = models.CharField(
        _("code"),
        max_length=60,
        unique=True,
        validators=[validate_slug],
        help_text=_("What price lists and promotions call the group."),
    )
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("customer group")
        verbose_name_plural = _("customer groups")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """A person by e-mail address, whatever its capitals; a guest has never signed in.

    `cart` is the one live cart of somebody who has, and is changed by comparing alone. `version`
    counts changes of what a customer may change.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=200, blank=True)
    locale = models.CharField(_("language"), max_length=16)
    guest = models.BooleanField(_("guest"), default=True)
    password = models.CharField(max_length=128, blank=True, default="", db_default="")
    groups = models.ManyToManyField(
        Group, blank=True, verbose_name=_("customer groups"), related_name="customers"
    )
    cart = models.UUIDField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    first_seen = models.DateTimeField(_("first seen"), db_default=Now())

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
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


class Session(models.Model):
    """A sign-in that is still good, in a browser or as a family of refresh tokens.

    Of a family the token of `generation` alone is good. Nothing secret is kept: what proves a
    session is signed, and whoever reads this table can sign in as nobody.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="sessions")
    generation = models.PositiveIntegerField(default=1)
    began_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.customer_id} since {self.began_at}"


class Letter(models.Model):
    """A mail with a link to choose a password, to be sent and then answered once."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    email = models.EmailField(max_length=254)
    locale = models.CharField(max_length=16)
    joining = models.BooleanField()  # somebody wants an account, rather than back into one
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.id)


class Place(models.Model):
    """An address in a customer's address book; the preferred one is offered at the checkout."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="places")
    name = models.CharField(max_length=200)
    line1 = models.CharField(max_length=200)
    line2 = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100)
    region = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=40, blank=True)
    preferred = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-preferred", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(preferred=True),
                name="customers_place_one_preferred",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"
