"""Proof that a call between processes comes from one of ours, and came just now."""

import hashlib
import hmac
import time

from django.conf import settings

HEADER = "X-Service-Signature"
LIFETIME = 60  # seconds


def sign(caller: str, route: str, body: bytes) -> str:
    """Sign a call with the newest of `settings.SERVICE_SECRETS`."""
    stamp = str(int(time.time()))
    return f"{stamp}:{digest(settings.SERVICE_SECRETS[0], stamp, caller, route, body)}"


def verify(caller: str, route: str, body: bytes, signature: str) -> bool:
    """Accept any current secret, so that secrets can be rotated without downtime."""
    stamp, _, given = signature.partition(":")
    if not (stamp.isascii() and stamp.isdigit()) or abs(time.time() - int(stamp)) > LIFETIME:
        return False
    candidates = [digest(key, stamp, caller, route, body) for key in settings.SERVICE_SECRETS]
    # all are compared, so that the time taken tells nothing
    return any([hmac.compare_digest(one.encode(), given.encode()) for one in candidates])  # noqa: C419


def digest(secret: str, stamp: str, caller: str, route: str, body: bytes) -> str:
    """Return the HMAC-SHA256 of everything a call says."""
    signed = b"\n".join([stamp.encode(), caller.encode(), route.encode(), body])
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
