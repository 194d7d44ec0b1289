"""From which block of addresses a request comes: enough to see a crowd, too little for a person.

An address is cut to its network and hashed with a secret before anybody may keep it.
"""

from bisect import bisect
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from hashlib import blake2b
from ipaddress import ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from commerce import addresses
from commerce.proof import derived
from commerce.rest.credentials import address
from commerce.settled import settled

HOUSE = 64  # leading bits of an address of version 6 that are one connection's
NETWORK = {4: 3, 16: 6}  # leading bytes that say where, by the length of an address
NOBODYS = (  # https://www.iana.org/assignments/iana-ipv4-special-registry, and -ipv6-
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4"),
    *("::/127", "100::/64", "2001::/23", "2001:db8::/32", "fc00::/7", "fe80::/10"),
)
current: ContextVar[str] = ContextVar("origin", default="")


class OriginMiddleware:
    """Lets everything done for a request know where it comes from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = current.set(address(request))
        try:
            return self.get_response(request)
        finally:
            current.reset(token)


def block() -> str:
    """Name the block of the request being answered; "" outside of any, or when limits are off."""
    return block_of(current.get()) if has_limits() else ""


def house() -> str:
    """Name the connection of the request being answered, whatever its machines are called.

    Who has one address of version 6 has all that begin like it.
    """
    text = current.get()
    with suppress(ValueError):
        return str(ip_network((text, HOUSE), strict=False)) if ":" in text else text
    return text


@settled
def has_limits() -> bool:
    """Whether anybody is limited."""
    return bool(settings.LIMITS)


def block_of(text: str) -> str:
    """Name an address's block; "" for one that is nobody's on the internet, like a proxy's."""
    try:
        found = addresses.read(text)
    except ValueError:
        return ""
    if bisect(EDGES[len(found)], int.from_bytes(found)) % 2:
        return ""
    network = found[: NETWORK[len(found)]]
    return blake2b(network, key=secret(), digest_size=16).hexdigest()


@settled
def secret() -> bytes:
    """Derive the key of names."""
    return derived("commerce.origin", settings.SECRET_KEY)


def edges(length: int) -> list[int]:
    """List where the addresses of nobody begin and end, in turn."""
    networks = [each for each in map(ip_network, NOBODYS) if each.max_prefixlen == 8 * length]
    return sorted(edge for each in networks for edge in (int(each[0]), int(each[-1]) + 1))


EDGES = {length: edges(length) for length in NETWORK}
