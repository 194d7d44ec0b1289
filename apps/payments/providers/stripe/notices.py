"""Reads what Stripe says by itself: https://docs.stripe.com/webhooks."""

from collections.abc import Iterable

import msgspec
import stripe

from apps.payments.domain import Forged, Notice

TOLERANCE = 300  # seconds that a signed notice may be old


class Subject(msgspec.Struct):
    """What a notice is about: our payment is named in what we gave along."""

    metadata: dict[str, str] | None = None
    client_reference_id: str | None = None

    @property
    def payment(self) -> str:
        """The key of our payment; empty if it is not ours."""
        return (self.metadata or {}).get("payment") or self.client_reference_id or ""


class Enclosed(msgspec.Struct):
    """The part of a notice that says what it is about."""

    object: Subject


class Told(msgspec.Struct):
    """A notice as Stripe writes it."""

    id: str
    type: str
    data: Enclosed


DECODER = msgspec.json.Decoder(Told)


def read(body: bytes, signature: str, secrets: Iterable[str]) -> Notice:
    """Read a notice that one of the secrets has signed; raises Forged."""
    if not any(is_signed(body, signature, secret) for secret in secrets):
        raise Forged
    try:
        told = DECODER.decode(body)
    except msgspec.MsgspecError as problem:
        raise Forged from problem
    return Notice(id=told.id, kind=told.type, payment=told.data.object.payment)


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Tell whether Stripe has signed these very bytes, and lately."""
    if not signature.isascii():  # which the library cannot compare
        return False
    try:
        return bool(stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE))
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False
