"""What is on the shelf, who was promised it, and every step that led there."""

from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from commerce import ids

from ..interface import MAIN, Policy
from .sales import Admission, Sale, SaleItem

__all__ = [
    "Admission",
    "Alert",
    "Allocation",
    "Commitment",
    "Counting",
    "DirectReservation",
    "Hold",
    "Lapse",
    "Level",
    "ListedHold",
    "Location",
    "Movement",
    "Sale",
    "SaleItem",
    "Terms",
    "Upload",
    "UploadRow",
]


class Location(models.Model):
    """A place where goods lie: a house of our own, or a vendor's."""

    class Kind(models.TextChoices):
        """Whose place it is."""

        OWN = "own", _("our own")
        VENDOR = "vendor", _("a vendor's")

    code = models.SlugField(_("code"), primary_key=True, max_length=64)
    name = models.CharField(_("name"), max_length=255)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.OWN)
    vendor = models.CharField(_("vendor"), max_length=64, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)  # ISO 3166
    latitude = models.FloatField(_("latitude"), null=True, blank=True)  # degrees
    longitude = models.FloatField(_("longitude"), null=True, blank=True)  # degrees
    priority = models.SmallIntegerField(
        _("priority"), default=0, help_text=_("Goods are taken from the lowest number first.")
    )
    enabled = models.BooleanField(_("sells"), default=True)

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="stock_location_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(kind="own", vendor="") | (Q(kind="vendor") & ~Q(vendor="")),
                name="stock_location_of_vendor",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Level(models.Model):
    """The counters of a SKU at a location. Only the functions in the migrations write them.

    Its row is the lock for every hold and allocation of the SKU, so nothing else about the SKU
    is ever locked. No index contains a counter: updates stay within their page. What is sold
    beyond what is on hand is declared beside the counters, and bounded by it.
    """

    sku = models.CharField(_("SKU"), max_length=255)
    location = models.CharField(_("location"), max_length=64, default=MAIN)  # its code
    policy = models.CharField(
        _("policy"),
        max_length=16,
        choices={Policy.TRACKED.value: _("counted"), Policy.UNTRACKED.value: _("not counted")},
        db_default=Policy.TRACKED.value,
    )
    on_hand = models.IntegerField(_("on hand"), db_default=0)
    held = models.IntegerField(_("held"), db_default=0)
    allocated = models.IntegerField(_("allocated"), db_default=0)
    safety = models.PositiveIntegerField(
        _("safety stock"), db_default=0, help_text=_("So many units are never sold.")
    )
    backorder = models.PositiveIntegerField(
        _("backorder"), db_default=0, help_text=_("So many units are sold before they are here.")
    )
    expected = models.DateField(_("expected"), null=True, blank=True)

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        constraints = [
            models.UniqueConstraint(fields=["sku", "location"], name="stock_level_once"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="stock_level_on_hand"),
            models.CheckConstraint(condition=Q(held__gte=0), name="stock_level_held"),
            models.CheckConstraint(condition=Q(allocated__gte=0), name="stock_level_allocated"),
            models.CheckConstraint(
                condition=Q(on_hand__gte=F("held") + F("allocated") - F("backorder")),
                name="stock_level_never_oversold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku}@{self.location}"


class Terms(models.Model):
    """On what terms a SKU is sold, where they are not those of the whole shop."""

    sku = models.CharField(_("SKU"), primary_key=True, max_length=255)
    at_order = models.BooleanField(
        _("taken at order"), default=False, help_text=_("Carts keep nothing aside.")
    )
    hot = models.BooleanField(
        _("in great demand"), default=False, help_text=_("Held for a short time, by few carts.")
    )
    per_cart = models.PositiveIntegerField(_("most per cart"), null=True, blank=True)
    per_customer = models.PositiveIntegerField(_("most per customer"), null=True, blank=True)
    per_address = models.PositiveIntegerField(_("most per address"), null=True, blank=True)
    low_at = models.PositiveIntegerField(
        _("low at"), null=True, blank=True, help_text=_("Tell when so few units are free.")
    )
    low = models.BooleanField(db_default=False, editable=False)  # as it was told last

    class Meta:
        verbose_name = _("terms")
        verbose_name_plural = _("terms")

    def __str__(self) -> str:
        return self.sku


class Hold(models.Model):
    """Units kept aside for a cart. No foreign key to the level: it would lock the hot row."""

    pk = models.CompositePrimaryKey("cart", "sku", "location")
    cart = models.UUIDField()
    sku = models.CharField(max_length=255)
    location = models.CharField(max_length=64)
    quantity = models.IntegerField()
    expires_at = models.DateTimeField()
    since = models.DateTimeField(db_default=Now())  # without a lapse
    extended = models.BooleanField(db_default=False)
    customer = models.UUIDField(null=True)
    address = models.CharField(max_length=32, null=True)  # a block of addresses, as a keyed hash

    class Meta:
        indexes = [
            models.Index(
                fields=["customer", "sku"],
                name="stock_hold_of_customer",
                condition=Q(customer__isnull=False),
            ),
            models.Index(
                fields=["address", "sku"],
                name="stock_hold_of_address",
                condition=Q(address__isnull=False),
            ),
            models.Index(fields=["sku", "location", "expires_at"], name="stock_hold_of_sku"),
            models.Index(fields=["expires_at"], name="stock_hold_lapse"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_hold_of_something")
        ]


class Lapse(models.Model):
    """How often in a row a cart let a hold lapse that somebody then needed, or it asked again."""

    pk = models.CompositePrimaryKey("cart", "sku", "location")
    cart = models.UUIDField()
    sku = models.CharField(max_length=255)
    location = models.CharField(max_length=64)
    times = models.SmallIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="stock_lapse_last")]


class ListedHold(models.Model):
    """A hold with one key made of its three, because the admin lists nothing else."""

    id = models.TextField(primary_key=True)
    cart = models.UUIDField(_("cart"))
    sku = models.CharField(_("SKU"), max_length=255)
    location = models.CharField(_("location"), max_length=64)
    quantity = models.IntegerField(_("quantity"))
    expires_at = models.DateTimeField(_("held until"))

    class Meta:
        managed = False
        db_table = "stock_listed_hold"
        verbose_name = _("hold")
        verbose_name_plural = _("holds")

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"


class Commitment(models.Model):
    """An order the stock has heard of. A cancelled one stays, so that a late commit finds it."""

    class State(models.TextChoices):
        """What became of the order's goods."""

        COMMITTED = "committed", _("committed")
        CANCELLED = "cancelled", _("cancelled")
        SHIPPED = "shipped", _("shipped")

    order = models.UUIDField(primary_key=True)
    state = models.CharField(max_length=16, choices=State)
    changed_at = models.DateTimeField(db_default=Now())


class Allocation(models.Model):
    """Units of a SKU that belong to an order and are still in the house."""

    pk = models.CompositePrimaryKey("order", "sku", "location")
    order = models.UUIDField()
    sku = models.CharField(max_length=255)
    location = models.CharField(max_length=64)
    quantity = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0), name="stock_allocation_of_something"
            )
        ]


class Movement(models.Model):
    """One step of the ledger: on hand and allocated are the sums of theirs, and no row changes.

    Holds are not in it: they come and go by the thousand, and `stock_hold` is their own record.
    """

    class Kind(models.TextChoices):
        """Why the figures changed."""

        RECEIVED = "received", _("received")
        COUNTED = "counted", _("counted")
        CORRECTED = "corrected", _("corrected")
        RETURNED = "returned", _("returned")
        MOVED = "moved", _("moved")
        SOLD = "sold", _("sold")
        CANCELLED = "cancelled", _("cancelled")
        SHIPPED = "shipped", _("shipped")

    OF_ORDERS = {Kind.SOLD, Kind.CANCELLED, Kind.SHIPPED}

    at = models.DateTimeField(_("time"), db_default=Now())
    sku = models.CharField(_("SKU"), max_length=255)
    location = models.CharField(_("location"), max_length=64)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    on_hand = models.IntegerField(_("on hand"))  # the difference it made
    allocated = models.IntegerField(_("allocated"))  # the difference it made
    reference = models.CharField(_("reference"), max_length=255)  # an order, a count, a delivery
    reason = models.CharField(_("reason"), max_length=255, db_default="")
    actor = models.CharField(_("by"), max_length=255, db_default="")

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        indexes = [models.Index(fields=["sku", "location", "id"], name="stock_movement_of_sku")]
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "kind", "sku", "location"], name="stock_movement_once"
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="stock_movement_has_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.kind} {self.on_hand:+d}"

    @property
    def public_reference(self) -> str:
        """What caused it, by its name outside; of a whole order the ledger keeps the bare id."""
        if self.kind in self.OF_ORDERS and "_" not in self.reference:
            return ids.public("ord", UUID(self.reference))
        return self.reference


class Counting(models.Model):
    """Many counts under one name, and the last movement before the first of them."""

    reference = models.CharField(max_length=255, primary_key=True)
    since = models.BigIntegerField()


class Upload(models.Model):
    """A sheet of counts or deliveries: tried first, then released and made by a worker."""

    class State(models.TextChoices):
        """How far it is."""

        TRIED = "tried", _("tried")
        RELEASED = "released", _("under way")
        DONE = "done", _("done")

    class Kind(models.TextChoices):
        """What its quantities mean."""

        COUNTED = "counted", _("counts")
        RECEIVED = "received", _("deliveries")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(_("file"), max_length=255)
    kind = models.CharField(_("what it says"), max_length=16, choices=Kind)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.TRIED)
    reason = models.CharField(_("reason"), max_length=255)
    actor = models.CharField(_("by"), max_length=255)
    at = models.DateTimeField(_("time"), db_default=Now())
    rows = models.IntegerField(_("rows"), default=0)
    bad = models.IntegerField(_("bad rows"), default=0)
    seen = models.IntegerField(_("rows made"), default=0)
    at_sku = models.CharField(max_length=255, blank=True)  # up to where it is made
    at_location = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")

    def __str__(self) -> str:
        return self.name


class UploadRow(models.Model):
    """A row of a sheet by its line, and what came of it."""

    pk = models.CompositePrimaryKey("upload", "line")
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="lines", db_index=False)
    line = models.IntegerField()
    sku = models.CharField(max_length=255)
    location = models.CharField(max_length=64)
    quantity = models.IntegerField()
    reason = models.CharField(max_length=255)
    outcome = models.CharField(max_length=32)  # nothing yet, or a mistake, or a verdict

    class Meta:
        indexes = [
            models.Index(fields=["upload", "sku", "location"], name="stock_uploadrow_by_sku"),
            models.Index(
                fields=["upload", "line"], condition=~Q(outcome=""), name="stock_uploadrow_told"
            ),
        ]


class DirectReservation(models.Model):
    """Goods that a partner keeps aside without a cart; holds and commitment bear its id."""

    id = models.UUIDField(primary_key=True)
    owner = models.CharField(max_length=64)  # the partner's key
    lines = models.JSONField()  # units by SKU
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "stock_reservation"


class Alert(models.Model):
    """A wish to hear when a SKU is back: nothing but the address, and only until it was told."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    email = models.EmailField(max_length=254)
    sku = models.CharField(max_length=255)
    locale = models.CharField(max_length=8)
    created_at = models.DateTimeField(db_default=Now())
    announced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email", "sku"], name="stock_alert_once"),
        ]
        indexes = [
            models.Index(
                fields=["sku", "created_at"],
                condition=Q(announced_at=None),
                name="stock_alert_waiting",
            ),
            models.Index(fields=["sku", "announced_at"], name="stock_alert_of_sku"),
        ]
