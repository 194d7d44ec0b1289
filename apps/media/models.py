"""What is kept of pictures and of files that are sold, besides the files themselves."""

from pathlib import PurePath

from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from commerce import ids


class Asset(models.Model):
    """A picture by the hash of what was brought; its renditions lie in the default storage."""

    key = models.CharField(max_length=32, primary_key=True, editable=False)
    name = models.CharField(max_length=255)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    stored_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


def private() -> Storage:
    """Return the storage that nobody reads without being asked who he is."""
    return storages["private"]


def place_of(download: "Download", name: str) -> str:
    """Name where a file lies, so that no two files share a place and no name is guessed."""
    return f"downloads/{ids.new()}{PurePath(name).suffix.lower()[:16]}"


class Download(models.Model):
    """A file that is sold as a SKU; a shopper who has bought it gets it as `name`."""

    sku = models.CharField(_("SKU"), max_length=64, db_index=True)
    name = models.CharField(_("file name"), max_length=128)
    file = models.FileField(_("file"), storage=private, upload_to=place_of, max_length=200)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["sku", "name"], name="media_download_once")]

    def __str__(self) -> str:
        return f"{self.sku}: {self.name}"
