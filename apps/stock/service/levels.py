"""How a level sells: settings that merchants and partners change, never figures."""

from typing import Any

from django.db import IntegrityError, transaction

from commerce.versions import version_of

from ..models import Level
from .locations import Changed

SETTINGS = ("policy", "safety", "backorder", "expected")


class BackorderUsed(Exception):
    """Carts and orders were promised more than that."""


def find(sku: str, location: str) -> Level:
    """Return a level; raises Level.DoesNotExist."""
    return Level.objects.get(sku=sku, location=location)


def version(level: Level) -> int:
    """Name the state of the settings; sales do not change it."""
    return version_of(*(getattr(level, name) for name in SETTINGS))


def change(sku: str, location: str, *, expected: int, settings: dict[str, Any]) -> Level:
    """Change some settings of the version that was expected."""
    try:
        return changed(sku, location, expected, settings)
    except IntegrityError as refusal:
        if "stock_level_never_oversold" not in str(refusal):
            raise
        raise BackorderUsed from None


@transaction.atomic
def changed(sku: str, location: str, expected: int, settings: dict[str, Any]) -> Level:
    """Compare and change under the level's lock."""
    level = Level.objects.select_for_update(no_key=True).get(sku=sku, location=location)
    if (now := version(level)) != expected:
        raise Changed(now)
    for name, value in settings.items():
        setattr(level, name, value)
    if settings:
        level.save(update_fields=list(settings))
    return level
