"""A stock service that answers at once, so that only the call itself is measured."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.split.stock")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.conf import settings

from apps.stock.interface import Hold, Line, Reservation
from apps.stock.service import StockService

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


class Instant(StockService):
    """Reserves without looking."""

    def reserve(self, *, cart: UUID, lines: tuple[Line, ...], ttl: timedelta) -> Reservation:
        """Grant everything."""
        return Reservation(cart, tuple(Hold(each.sku, each.quantity, NOON) for each in lines))


HERE: dict[str, Any] = {"BACKEND": "benchmarks.instant.Instant"}
settings.SERVICES = settings.SERVICES | {"stock": HERE}
