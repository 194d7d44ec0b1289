"""Tokens that prove somebody was given an id by us: how a guest owns a cart without signing in."""

import base64
import functools
import hashlib
import hmac
from uuid import UUID

from django.conf import settings

from commerce.settled import settled


def prove(kind: str, value: UUID) -> str:
    """Return the token that goes with an id of this kind."""
    return sign(settings.SECRET_KEY, kind, value).decode()


def proves(kind: str, value: UUID, token: str) -> bool:
    """Tell, in constant time, whether a token was made for this id by a secret still accepted."""
    given = token.encode("utf-8", "replace")
    right = False
    for secret in secrets():
        right |= hmac.compare_digest(sign(secret, kind, value), given)
    return right


@settled
def secrets() -> list[str]:
    """List the secrets that are still accepted."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def sign(secret: str, kind: str, value: UUID) -> bytes:
    """Sign an id with a key derived for its kind."""
    mac = digest(f"commerce.proof.{kind}", value.bytes, secret)
    return base64.urlsafe_b64encode(mac).rstrip(b"=")


def digest(purpose: str, value: bytes, secret: str) -> bytes:
    """Return what Django's `salted_hmac` would, SHA-256, at a fifth of its cost."""
    return hmac.digest(derived(purpose, secret), value, "sha256")


@functools.lru_cache(maxsize=64)
def derived(purpose: str, secret: str) -> bytes:
    """Derive a purpose's key from the secret."""
    return hashlib.sha256(purpose.encode() + secret.encode()).digest()
