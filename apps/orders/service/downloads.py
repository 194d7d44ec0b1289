"""Lets those who have bought files fetch them: a few times, for a while, and not once paid back.

Whether a file may be fetched is asked by the statement that counts it. So nothing has to be revoked
when money goes back, and no two requests fetch the last time both.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.media.interface import media
from commerce import clock

from ..interface import Payment, Status
from ..models import Grant, Line

PAID = Q(order__status=Status.PAID.value, order__payment=Payment.CAPTURED.value)
NOT_PAID_BACK = Q(line__credited__lt=F("line__quantity"), line__cancelled__lt=F("line__quantity"))
SOMETHING_KEPT = Q(order__refunded__lt=F("order__grand")) | Q(order__grand=0)
ENTITLED = PAID & NOT_PAID_BACK & SOMETHING_KEPT


class Gone(Enum):
    """Why a file cannot be fetched any more."""

    USED_UP = "download-used-up"
    EXPIRED = "download-expired"
    REVOKED = "download-revoked"  # its money was given back


class NotFetchable(Exception):
    """The file cannot be fetched, for `gone`; nothing was counted."""

    def __init__(self, gone: Gone) -> None:
        self.gone = gone
        super().__init__(gone.value)


class UnknownGrant(Exception):
    """Nobody was given such a right."""


@dataclass(frozen=True)
class Fetch:
    """A file on its way: what the shopper keeps it as, and where it lies in the private storage."""

    name: str
    path: str


@dataclass(frozen=True)
class Right:
    """What a shopper may fetch: how often yet, and until when."""

    id: UUID
    name: str
    left: int
    expires_at: datetime


def grant_downloads(*, order: UUID) -> None:
    """Give the shopper of a paid order what he has bought as files; repeated, nothing more.

    It is done when he looks for them, so that an order without files costs nothing.
    """
    paid = {"order__status": Status.PAID.value, "order__payment": Payment.CAPTURED.value}
    lines = {line.sku: line for line in Line.objects.filter(order=order, ships=False, **paid)}
    if not lines:
        return
    until = clock.now() + timedelta(days=settings.DOWNLOAD_DAYS)
    Grant.objects.bulk_create(
        [
            Grant(
                order_id=order,
                line=lines[file.sku],
                name=file.name,
                path=file.path,
                most=settings.DOWNLOAD_TIMES,
                expires_at=until,
            )
            for file in media.downloads(skus=tuple(sorted(lines)))
        ],
        ignore_conflicts=True,
    )


def rights_of(order: UUID) -> list[Right]:
    """List what can be fetched of an order now."""
    grant_downloads(order=order)
    live = Grant.objects.filter(ENTITLED, order=order, used__lt=F("most"), expires_at__gt=Now())
    return [Right(each.pk, each.name, each.most - each.used, each.expires_at) for each in live]


def fetch(*, grant: UUID) -> Fetch:
    """Count one fetch of a file; raises UnknownGrant, and NotFetchable with the reason."""
    entitled = Grant.objects.filter(ENTITLED, pk=grant).values("pk")
    there = Grant.objects.filter(pk__in=entitled, used__lt=F("most"), expires_at__gt=Now())
    counted = there.update(used=F("used") + 1)
    found = Grant.objects.filter(pk=grant).first()
    if found is None:
        raise UnknownGrant
    if not counted:
        raise NotFetchable(reason(found))
    return Fetch(found.name, found.path)


def reason(grant: Grant) -> Gone:
    """Say why a file cannot be fetched."""
    if not Grant.objects.filter(ENTITLED, pk=grant.pk).exists():
        return Gone.REVOKED
    return Gone.EXPIRED if grant.expires_at <= clock.now() else Gone.USED_UP
