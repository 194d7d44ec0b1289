"""Copies the facts of contexts in other processes into our own outbox, for our own handlers."""

from functools import cache
from typing import Any
from urllib.parse import urlencode

import urllib3
from django.conf import settings
from django.db import transaction

from commerce import telemetry
from commerce.services import ServiceUnavailable, wire
from commerce.services.http import CALLER
from commerce.services.signature import HEADER, sign

from . import consumers, outbox
from .models import Bookmark

TIMEOUT = 5.0  # seconds
GONE = 410


def elsewhere() -> list[str]:
    """Name the contexts in other processes whose facts somebody here waits for."""
    heard = {each.event.name.partition(".")[0] for each in consumers.registry.values()}
    return sorted(name for name in heard if "LOCATION" in settings.SERVICES.get(name, {}))


def read(context: str) -> bool:
    """Copy the next page, with the place in the feed, and say whether there is more.

    A fact keeps its UUID, so that one read twice is written once.
    """
    bookmark, _ = Bookmark.objects.get_or_create(context=context)
    page = ask(context, bookmark.cursor)
    mine = Bookmark.objects.filter(context=context, cursor=bookmark.cursor)
    with transaction.atomic():
        if mine.update(cursor=page["cursor"]):
            outbox.write(fact for fact in page["facts"] if consumers.of({fact["name"]}))
    return bool(page["more"])


def ask(context: str, cursor: str) -> Any:
    """Ask the other process for a page of facts."""
    route = f"/services/{context}/facts?{urlencode({'after': cursor})}"
    location, caller = settings.SERVICES[context]["LOCATION"].rstrip("/"), settings.PROCESS_NAME
    headers = {
        "traceparent": telemetry.current_traceparent(),
        CALLER: caller,
        HEADER: sign(caller, route, b""),
    }
    try:
        response = pool().request("GET", location + route, headers=headers)
    except urllib3.exceptions.HTTPError as problem:
        raise ServiceUnavailable(reason=f"{location}{route}: {problem}") from problem
    if response.status == GONE:
        return {"facts": [], "cursor": "", "more": True}
    if response.status != 200:
        raise ServiceUnavailable(reason=f"{location}{route}: HTTP {response.status}")
    return wire.decode(response.data)


@cache
def pool() -> urllib3.PoolManager:
    """Keep connections to the other processes open."""
    return urllib3.PoolManager(timeout=TIMEOUT, retries=False)
