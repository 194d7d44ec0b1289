"""Single entries of price lists: changed and removed only as the caller saw them."""

from collections.abc import Callable

from django.db import transaction

from apps.pricing.interface import Price
from apps.pricing.models import Price as Row
from commerce.versions import version_of

from . import lists


class Changed(Exception):
    """Somebody else has changed the price meanwhile."""

    def __init__(self, version: int) -> None:
        super().__init__(f"the price is at version {version}")
        self.version = version


def version(row: Row) -> int:
    """Name the amounts of a price."""
    return version_of(row.minor, row.before_minor, row.minimum_minor)


@transaction.atomic
def change(number: int, expected: int, new: Callable[[Row], Price]) -> None:
    """Set the amounts of a price; raises Changed, and Row.DoesNotExist."""
    lists.write((new(locked(number, expected)),))


@transaction.atomic
def drop(number: int, expected: int) -> None:
    """Remove a price; raises Changed, and Row.DoesNotExist."""
    lists.remove((locked(number, expected).pk,))


def locked(number: int, expected: int) -> Row:
    """Keep others from a price that is still as it was seen."""
    row = Row.objects.select_for_update(of=("self",)).select_related("list").get(pk=number)
    if version(row) != expected:
        raise Changed(version(row))
    return row
