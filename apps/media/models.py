"""What is kept of a picture besides its files."""

from django.db import models


class Asset(models.Model):
    """A picture by the hash of what was brought; its renditions lie in the default storage."""

    key = models.CharField(max_length=32, primary_key=True, editable=False)
    name = models.CharField(max_length=255)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    stored_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
