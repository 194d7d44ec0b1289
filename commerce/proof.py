"""Tokens that prove somebody was given an id by us: how a guest owns a cart without signing in."""

import base64
import hmac
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac


def prove(kind: str, value: UUID) -> str:
    """Return the token that goes with an id of this kind."""
    return sign(settings.SECRET_KEY, kind, value)


def proves(kind: str, value: UUID, token: str) -> bool:
    """Tell, in constant time, whether a token was made for this id by a secret still accepted."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    given = token.encode("utf-8", "replace")
    verdicts = [hmac.compare_digest(sign(each, kind, value).encode(), given) for each in secrets]
    return any(verdicts)


def sign(secret: str, kind: str, value: UUID) -> str:
    """Sign an id with a key derived for its kind."""
    mac = salted_hmac(f"commerce.proof.{kind}", value.bytes, secret=secret, algorithm="sha256")
    return base64.urlsafe_b64encode(mac.digest()).rstrip(b"=").decode()
