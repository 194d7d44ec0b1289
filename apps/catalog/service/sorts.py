"""Setting one class against the version that was seen."""

from django.db import transaction

from apps.catalog import models
from apps.catalog.interface import ProductClass

from .describe import describe
from .edit import Stale
from .turn import take_turn


@transaction.atomic
def set_class(wanted: ProductClass, *, seen: int) -> None:
    """Write a class over the version that was seen, 0 if there was none."""
    take_turn()
    row = models.ProductClass.objects.filter(code=wanted.code).first()
    if (row.version if row else 0) != seen:
        raise Stale
    describe((), (), (wanted,))
