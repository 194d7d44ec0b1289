"""Who asks: a shop front (pk), the holder of a cart (ct), a customer (cu), a partner (sk), anybody.

A customer may hold a guest's cart as well, and then shows both.
"""

import hashlib
from collections.abc import Callable
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpRequest

from commerce import addresses
from commerce.settled import settled

from . import keys, tokens
from .problems import Problem, ProblemError

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="halles"'}
EXPIRED = {"WWW-Authenticate": 'Bearer realm="halles", error="invalid_token"'}  # RFC 6750, 3.1


class Caller(msgspec.Struct, frozen=True):
    """Who asks, without the secret that proves it.

    `owner` is whom idempotency keys belong to, `bucket` whom limits count for. A cart token is
    passed on unchecked: only the view knows the cart, and asks `commerce.proof.proves`.
    """

    credential: str
    owner: str
    bucket: str
    token: str = ""
    scopes: frozenset[str] = frozenset()
    customer: UUID | None = None
    session: UUID | None = None  # since which sign-in
    groups: tuple[str, ...] = ()  # of customers


class ApiRequest(HttpRequest):
    """The request as an endpoint's view gets it."""

    caller: Caller


def address(request: HttpRequest) -> str:
    """Return the client's address, believing as many proxies as TRUSTED_PROXIES says."""
    known: str | None = getattr(request, "from_address", None)
    if known is None:
        known = request.from_address = read_address(request)  # type: ignore[attr-defined]
    return known


def read_address(request: HttpRequest) -> str:
    """Find the address in what the nearest proxy or the client itself has sent."""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    proxies = trusted()
    claimed = forwarded[-proxies].strip() if 0 < proxies <= len(forwarded) else ""
    try:
        return addresses.write(addresses.read(claimed))
    except ValueError:
        return str(request.META.get("REMOTE_ADDR", ""))


@settled
def trusted() -> int:
    """How many proxies stand in front of the shop."""
    return int(settings.TRUSTED_PROXIES)


def identify(
    request: HttpRequest, accepted: tuple[str, ...], scopes: tuple[str, ...] = ()
) -> Caller:
    """Return who asks, by the strongest accepted credential there is, or refuse."""
    for credential, read in READERS.items():
        if credential in accepted and (caller := read(request)):
            return with_scopes(caller, scopes)
    raise Problem("credentials-missing", headers=CHALLENGE)


def with_scopes(caller: Caller, scopes: tuple[str, ...]) -> Caller:
    """Refuse a secret key that lacks a scope."""
    if caller.credential == "sk" and (missing := sorted({*scopes} - caller.scopes)):
        errors = [ProblemError(code="scope-missing", meta={"scope": scope}) for scope in missing]
        raise Problem("scope-missing", errors=errors)
    return caller


def bearer(request: HttpRequest) -> str | None:
    """Read what stands in `Authorization: Bearer`."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def customer(request: HttpRequest) -> Caller | None:
    """Read a customer's access token from `Authorization: Bearer`, with a guest's proof if any."""
    value = bearer(request)
    if value is None or value.startswith("sk_"):
        return None
    try:
        claims = tokens.read(value)
    except tokens.Expired:
        raise Problem("token-expired", headers=EXPIRED) from None
    except tokens.BadToken:
        raise Problem("credentials-invalid", headers=CHALLENGE) from None
    owner = f"cu:{claims.customer}"
    return Caller(
        "cu",
        owner,
        owner,
        token=request.headers.get("X-Cart-Token", ""),
        customer=claims.customer,
        session=claims.session,
        groups=claims.groups,
    )


def partner(request: HttpRequest) -> Caller | None:
    """Read a secret key from `Authorization: Bearer`."""
    value = bearer(request)
    if value is None:
        return None
    key = known(value, "sk")
    return Caller("sk", f"sk:{key.id}", f"sk:{key.id}", scopes=key.scopes)


def cart_holder(request: HttpRequest) -> Caller | None:
    """Read a guest's proof from `X-Cart-Token`."""
    token = request.headers.get("X-Cart-Token", "")
    if not token:
        return None
    digest = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
    return Caller("ct", f"ct:{digest}", address(request), token=token)


def shop_front(request: HttpRequest) -> Caller | None:
    """Read a publishable key from `X-Api-Key`.

    All shoppers of a shop front share its key, so that their address tells them apart.
    """
    value = request.headers.get("X-Api-Key", "")
    if not value:
        return None
    owner = f"pk:{known(value, 'pk').id}:{address(request)}"
    return Caller("pk", owner, owner)


def anybody(request: HttpRequest) -> Caller:
    """Take a caller by the address alone."""
    return Caller("public", f"public:{address(request)}", address(request))


def known(value: str, kind: str) -> keys.Key:
    """Return an active key of this kind, or refuse."""
    key = keys.find(value)
    if key is None or key.kind != kind:
        raise Problem("credentials-invalid", headers=CHALLENGE)
    return key


READERS: dict[str, Callable[[HttpRequest], Caller | None]] = {  # strongest first
    "cu": customer,
    "sk": partner,
    "ct": cart_holder,
    "pk": shop_front,
    "public": anybody,
}
