"""Copies the facts of contexts in other processes into our own outbox, for our own handlers."""

from functools import cache
from urllib.parse import urlencode

import urllib3
from django.conf import settings
from django.db import transaction

from commerce.services import ServiceUnavailable, wire
from commerce.services.http import CALLER
from commerce.services.signature import HEADER, sign

from . import consumers, outbox
from .feed import START, Page
from .models import Bookmark

TIMEOUT = 5.0  # seconds
GONE = 410


def elsewhere() -> list[str]:
    """Name the contexts in other processes whose facts somebody here waits for."""
    heard = {each.event.name.partition(".")[0] for each in consumers.registry.values()}
    return sorted(name for name in heard if "LOCATION" in settings.SERVICES.get(name, {}))


def read(context: str) -> bool:
    """Copy the next page of a context's facts, and say whether there is more."""
    bookmark, _ = Bookmark.objects.get_or_create(context=context)
    page = ask(settings.SERVICES[context]["LOCATION"], context, bookmark.cursor)
    copy(bookmark, page)
    return page.more


def copy(bookmark: Bookmark, page: Page) -> None:
    """Write a page down together with the new place in the feed, unless another relay has.

    A fact keeps its UUID, so that one read twice is written once.
    """
    unmoved = Bookmark.objects.filter(context=bookmark.context, cursor=bookmark.cursor)
    with transaction.atomic():
        if unmoved.update(cursor=page.cursor):
            outbox.write(fact for fact in page.facts if consumers.of({fact["name"]}))


def ask(location: str, context: str, cursor: str) -> Page:
    """Ask the other process for a page of facts; one that lost our place is read from the start."""
    route = f"/services/{context}/facts?{urlencode({'after': cursor})}"
    url, caller = location.rstrip("/") + route, settings.PROCESS_NAME
    headers = {CALLER: caller, HEADER: sign(caller, route, b"")}
    try:
        response = pool().request("GET", url, headers=headers)
    except urllib3.exceptions.HTTPError as problem:
        raise ServiceUnavailable(reason=f"{url}: {problem}") from problem
    if response.status == GONE:
        return Page([], START, more=True)
    if response.status != 200:
        raise ServiceUnavailable(reason=f"{url}: HTTP {response.status}")
    return Page(**wire.decode(response.data))


@cache
def pool() -> urllib3.PoolManager:
    """Keep connections to the other processes open."""
    return urllib3.PoolManager(timeout=TIMEOUT, retries=False)
