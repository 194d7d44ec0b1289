"""Orders as they are kept: frozen at the moment of the wish, then changed by status alone."""

from enum import Enum

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from commerce import ids

from ..domain import UNDECIDED
from ..interface import Delivery, Payment, Status


def choices(words: type[Enum]) -> list[tuple[str, str]]:
    """Offer the members of an enum to Django."""
    return [(word.value, word.value) for word in words]


class NextNumber(Func):
    """The next order number. It is final at once; a number whose order failed is not used again."""

    template = "('H-' || nextval('orders_number'))"
    output_field = models.CharField()


class Order(models.Model):
    """An order, from the intent on. Amounts are minor units of `currency`.

    What pricing counts for it is frozen, too: `coupons` as codes, of each of `discounts` the
    promotion, its name and what it took off, and of the gift `cards` what each pays.

    `claimed_until` says how long whoever takes the intent further has it for himself.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    number = models.CharField(_("number"), max_length=24, unique=True, db_default=NextNumber())
    cart = models.UUIDField()
    caller = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.CharField(_("status"), max_length=16, choices=choices(Status))
    payment = models.CharField(_("payment"), max_length=16, choices=choices(Payment))
    payment_session = models.UUIDField()
    delivery = models.CharField(
        _("delivery"),
        max_length=16,
        choices=choices(Delivery),
        default=Delivery.OPEN.value,
        db_default=Delivery.OPEN.value,
    )
    captured = models.BigIntegerField(default=0, db_default=0)  # where it was less than is due
    refunded = models.BigIntegerField(default=0, db_default=0)  # given back, or about to be
    on_hold = models.BooleanField(_("on hold"), default=False, db_default=False)
    version = models.PositiveIntegerField(default=1)
    email = models.CharField(_("e-mail"), max_length=254)
    locale = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    subtotal = models.BigIntegerField()
    shipping = models.BigIntegerField()
    tax = models.BigIntegerField()
    grand = models.BigIntegerField(_("total"))
    coupons = ArrayField(models.CharField(max_length=60), default=list, db_default=[])
    discounts = models.JSONField(default=list, db_default=[])
    cards = models.JSONField(default=list, db_default=[])
    shipping_option = models.CharField(max_length=64, blank=True)
    address = models.JSONField(null=True)
    customer = models.UUIDField(null=True)
    refusal = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now())
    accepted_at = models.DateTimeField(_("ordered"), null=True)
    claimed_until = models.DateTimeField()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-accepted_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cart"], condition=~Q(status="refused"), name="orders_one_per_cart"
            ),
            models.UniqueConstraint(fields=["caller", "key"], name="orders_one_per_key"),
            models.CheckConstraint(
                condition=Q(grand=F("subtotal") + F("shipping"), grand__gte=0),
                name="orders_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("grand")),
                name="orders_refunds_what_it_cost",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in Status]),
                name="orders_known_status",
            ),
        ]
        indexes = [
            models.Index(fields=["-accepted_at", "-id"], name="orders_latest_first"),
            models.Index(fields=["status", "-accepted_at"], name="orders_by_status"),
            models.Index(OpClass(Upper("email"), name="text_pattern_ops"), name="orders_by_email"),
            models.Index(
                fields=["customer", "-id"],
                condition=Q(customer__isnull=False),
                name="orders_by_customer",
            ),
            models.Index(
                fields=["claimed_until"],
                condition=Q(status__in=sorted(status.value for status in UNDECIDED)),
                name="orders_undecided",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_taken(self) -> bool:
        """Whether there is money to give back."""
        return self.payment == Payment.CAPTURED.value or self.captured > 0

    @property
    def taken(self) -> int:
        """What the payment hands over: all that gift cards do not pay, unless less was taken."""
        due: int = self.grand - sum(each["minor"] for each in self.cards)
        return self.captured if self.payment == Payment.REFUSED.value else due


class Line(models.Model):
    """Something bought, at the price and by the name it had then.

    How many of its units were cancelled, packed, sent and so on is counted here, where constraints
    see all of it: whatever is asked for at once, no unit is sent that was not bought.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    sku = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    options = models.JSONField(default=dict)
    quantity = models.PositiveIntegerField()
    unit = models.BigIntegerField()
    total = models.BigIntegerField()
    tax = models.BigIntegerField()
    tax_rate = models.CharField(max_length=16)
    ships = models.BooleanField()
    parts = ArrayField(models.CharField(max_length=64), default=list)
    cancelled = models.PositiveIntegerField(default=0, db_default=0)
    packed = models.PositiveIntegerField(default=0, db_default=0)
    shipped = models.PositiveIntegerField(default=0, db_default=0)
    returning = models.PositiveIntegerField(default=0, db_default=0)  # in returns
    returned = models.PositiveIntegerField(default=0, db_default=0)
    credited = models.PositiveIntegerField(default=0, db_default=0)  # their money is given back

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="orders_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_line_some"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("cancelled") + F("packed")),
                name="orders_line_packs_what_was_bought",
            ),
            models.CheckConstraint(
                condition=Q(shipped__lte=F("packed")), name="orders_line_ships_what_was_packed"
            ),
            models.CheckConstraint(
                condition=Q(returned__lte=F("returning"), returning__lte=F("shipped")),
                name="orders_line_returns_what_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(credited__lte=F("quantity")), name="orders_line_credits_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"


class Event(models.Model):
    """One step of an order's story. Rows are only ever added; the database refuses the rest."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(db_default=Now())
    actor = models.CharField(max_length=150)
    what = models.CharField(max_length=64)
    why = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.what} by {self.actor}"


class Effect(models.Model):
    """The right to do something for an order once, taken before it is done."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="effects")
    kind = models.CharField(max_length=64)
    taken_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "kind"], name="orders_effect_once")]

    def __str__(self) -> str:
        return self.kind
