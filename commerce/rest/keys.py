"""Publishable and secret API keys: made, ensured, found."""

import hashlib
import secrets
import string
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.crypto import salted_hmac

from commerce import clock, greenlets
from commerce.settled import settled

from .models import ApiKey

ALPHABET = string.ascii_letters + string.digits
LENGTH = 32  # characters, 190 bits
PREFIX_LENGTH = 8
REMEMBERED = 30.0  # seconds a process trusts what it found
MOST_REMEMBERED = 10_000  # keys, so that guesses cannot fill the memory


@dataclass(frozen=True)
class Key:
    """A key that is known and active."""

    id: str
    kind: str
    scopes: frozenset[str] = frozenset()


@dataclass
class Memory:
    """What this process found lately, by digest."""

    found: dict[str, tuple[float, Key | None]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def recall(self, digest: str) -> tuple[float, Key | None] | None:
        """Return what is remembered unless it is too old to be trusted."""
        entry = self.found.get(digest)
        return entry if entry and entry[0] > time.monotonic() else None

    def remember(self, digest: str, key: Key | None) -> None:
        """Keep an answer, forgetting everything when there is too much."""
        with self.lock:
            if len(self.found) >= MOST_REMEMBERED:
                self.found.clear()
            self.found[digest] = (time.monotonic() + REMEMBERED, key)

    def forget(self) -> None:
        """Ask the database again, for every key."""
        with self.lock:
            self.found.clear()


memory = Memory()


def make(kind: str) -> str:
    """Make up a key: pk_ or sk_ and 32 random characters."""
    return f"{kind}_{''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))}"


def digest_of(value: str) -> str:
    """Return what is kept of a key; it is random, so that a plain hash suffices."""
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()


def give(key: ApiKey, value: str) -> ApiKey:
    """Make a row stand for a value, of which it keeps the beginning and a digest."""
    key.prefix, key.digest = value[:PREFIX_LENGTH], digest_of(value)
    key.save()
    memory.forget()
    return key


def ensure(name: str, kind: str, value: str, scopes: Iterable[str] = ()) -> None:
    """Make sure that a key of this name has exactly this value, kind and scopes, and works."""
    if not value.startswith(f"{kind}_"):
        raise ValueError(f"a key of kind {kind} begins with {kind}_")
    key = ApiKey.objects.filter(name=name).first() or ApiKey(name=name)
    key.kind, key.scopes, key.active = kind, sorted(scopes), True
    give(key, value)


def find(value: str) -> Key | None:
    """Return the active key with this value; remembered in this process for half a minute."""
    if value.startswith("pk_") and value in storefront_keys():
        return Key("storefront", "pk")
    digest = digest_of(value)
    if remembered := memory.recall(digest):
        return remembered[1]
    key = greenlets.aside(look_up, digest)
    memory.remember(digest, key)
    return key


def look_up(digest: str) -> Key | None:
    """Find an active key in the database, and note that it is used."""
    row = ApiKey.objects.filter(digest=digest, active=True).first()
    if row is None:
        return None
    note_use(row)
    return Key(str(row.id), row.kind, frozenset(row.scopes))


def name(key: str) -> str:
    """Return what the merchant calls a key."""
    found = ApiKey.objects.filter(id=key).values_list("name", flat=True).first()
    return found or ""


def note_use(row: ApiKey) -> None:
    """Note when a key was used, at most once a minute."""
    now = clock.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(minutes=1))
    ApiKey.objects.filter(stale, id=row.id).update(last_used_at=now)


def storefront_key() -> str:
    """Return the publishable key of the shop's own pages, which is kept nowhere."""
    return storefront_keys()[0]


@settled
def storefront_keys() -> list[str]:
    """List the shop's own key as each secret still accepted makes it."""
    return [
        "pk_" + salted_hmac("commerce.rest.storefront", "key", secret=secret).hexdigest()[:LENGTH]
        for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    ]
