"""The places where goods lie: named by merchants and partners, never taken away."""

from typing import Any

from django.db import IntegrityError, transaction

from commerce.versions import version_of

from ..models import Location
from . import places

FIELDS = ("name", "kind", "vendor", "country", "latitude", "longitude", "priority", "enabled")


class LocationExists(Exception):
    """There is a location with this code."""


class Changed(Exception):
    """Somebody changed it since it was looked at."""

    def __init__(self, version: int) -> None:
        super().__init__("changed in the meantime")
        self.version = version


def version(location: Location) -> int:
    """Name the state of a location; another state has another version."""
    return version_of(*(getattr(location, field) for field in FIELDS))


def add(**fields: Any) -> Location:
    """Add a location; ValidationError says which fields do not fit together."""
    location = Location(**fields)
    checked(location)
    try:
        with transaction.atomic():
            location.save(force_insert=True)
    except IntegrityError:
        raise LocationExists from None
    transaction.on_commit(places.forget)
    return location


@transaction.atomic
def change(code: str, *, expected: int, fields: dict[str, Any]) -> Location:
    """Change some fields of the version that was expected; raises Location.DoesNotExist, too."""
    location = Location.objects.select_for_update().get(code=code)
    if (now := version(location)) != expected:
        raise Changed(now)
    for name, value in fields.items():
        setattr(location, name, value)
    checked(location)
    location.save(update_fields=list(fields) or None)
    transaction.on_commit(places.forget)
    return location


def checked(location: Location) -> None:
    """Refuse what the table would refuse."""
    location.clean_fields()
    location.validate_constraints()
