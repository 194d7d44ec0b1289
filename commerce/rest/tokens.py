"""Access tokens of customers: they say who asks, and nobody has to be asked whether it is true.

They are JWTs signed with ES256 (RFC 7519; RFC 7518, 3.4). The key follows from SECRET_KEY, so that
every process of the shop has it and nothing is kept. What an earlier secret has signed is good for
as long as it is among SECRET_KEY_FALLBACKS.
"""

import functools
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from jwt.utils import base64url_decode

from commerce import clock, ids
from commerce.proof import secrets
from commerce.settled import settled

ALGORITHM = "ES256"
AUDIENCE = "customer"
LASTS = 600  # seconds
SKEW = 10  # seconds by which the clocks of two machines may differ
WANTED = ["sub", "sid", "groups", "iss", "aud", "iat", "exp"]
LONGEST = 4_096  # characters of a token worth reading
REMEMBERED = 5_000  # tokens that a process has checked
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


class Claims(msgspec.Struct, frozen=True):
    """What a token says: the customer, since which sign-in, and of which groups."""

    customer: UUID
    session: UUID
    groups: tuple[str, ...]


class BadToken(Exception):
    """The token is not ours, or not for this."""


class Expired(BadToken):
    """The token was ours and good, but its time is over."""


class Head(msgspec.Struct, frozen=True):
    """By which key a token says that it was signed."""

    kid: str


HEAD = msgspec.json.Decoder(Head)


@dataclass(frozen=True, eq=False)
class Key:
    """A key pair and the name it goes by."""

    name: str
    private: Any
    public: Any

    def jwk(self) -> dict[str, str]:
        """Write the public half as RFC 7517 does."""
        algorithm = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256)
        written = algorithm.to_jwk(self.public, as_dict=True)
        return {**written, "kid": self.name, "use": "sig", "alg": ALGORITHM}


def sign(claims: Claims) -> str:
    """Make a token that is good for LASTS seconds."""
    now, key = clock.now(), signing_keys()[0]
    said = {
        "sub": ids.public("cus", claims.customer),
        "sid": ids.public("ses", claims.session),
        "groups": claims.groups,
        "iss": settings.SHOP_URL,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + timedelta(seconds=LASTS),
    }
    return jwt.encode(said, key.private, ALGORITHM, headers={"kid": key.name})


def read(token: str) -> Claims:
    """Return what a token says if it is one of ours and its time is not over.

    Raises BadToken, of which Expired is one. Light: nobody is asked.
    """
    if len(token) > LONGEST:
        raise BadToken
    try:
        name = HEAD.decode(base64url_decode(token.partition(".")[0])).kid
        key = next(each for each in signing_keys() if each.name == name)
        claims, end = believed(token, key)
    except (jwt.PyJWTError, StopIteration, ValueError):
        raise BadToken from None
    if clock.now().timestamp() > end + SKEW:
        raise Expired
    return claims


@functools.lru_cache(maxsize=REMEMBERED)
def believed(token: str, key: Key) -> tuple[Claims, int]:
    """Return what a token says that a key has signed, and when it ends; what is not so raises.

    A process checks the signature once, because whoever has a token shows it with every request.
    """
    said = jwt.decode(
        token,
        key.public,
        algorithms=[ALGORITHM],
        audience=AUDIENCE,
        issuer=settings.SHOP_URL,
        leeway=SKEW,
        options={"require": WANTED, "verify_exp": False},
    )
    groups = msgspec.convert(said["groups"], tuple[str, ...])
    claims = Claims(ids.parse("cus", str(said["sub"])), ids.parse("ses", str(said["sid"])), groups)
    return claims, msgspec.convert(said["exp"], int)


@settled
def signing_keys() -> list[Key]:
    """List the keys of the secrets that are still accepted; the first one signs."""
    return [key_of(secret) for secret in secrets()]


def key_of(secret: str) -> Key:
    """Derive a key pair from a secret (FIPS 186-5, A.2.1)."""
    material = HKDF(SHA256(), length=48, salt=None, info=b"commerce.rest.tokens")
    number = int.from_bytes(material.derive(secret.encode())) % (ORDER - 1) + 1
    private = ec.derive_private_key(number, ec.SECP256R1())
    public = private.public_key()
    point = public.public_numbers()
    name = hashlib.sha256(f"{point.x}:{point.y}".encode()).hexdigest()[:16]
    return Key(name, private, public)
