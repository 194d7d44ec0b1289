"""What the kernel keeps for the API: keys, of which it knows only a digest."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from commerce import ids


class ApiKey(models.Model):
    """Lets a shop front (publishable) or a partner (secret) use the API; its value is not kept."""

    class Kind(models.TextChoices):
        """Publishable keys may stand in a page; secret keys act for the merchant."""

        PUBLISHABLE = "pk", _("Publishable, for shop fronts")
        SECRET = "sk", _("Secret, for partners")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(
        _("name"), max_length=80, unique=True, help_text=_("Who or what uses this key.")
    )
    kind = models.CharField(_("kind"), max_length=2, choices=Kind.choices)
    prefix = models.CharField(_("begins with"), max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(
        models.CharField(max_length=60),
        verbose_name=_("scopes"),
        default=list,
        blank=True,
        help_text=_("What a secret key may do, separated by commas: orders:read, stock:write."),
    )
    active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
