"""From which block of addresses a request comes: enough to see a crowd, too little for a person.

An address is cut to its network and hashed with a secret before anybody may keep it.
"""

from collections.abc import Callable
from contextvars import ContextVar
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from commerce.proof import digest
from commerce.rest.credentials import address

NETWORK = {4: 24, 6: 48}  # leading bits that say where, by IP version
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
    return block_of(current.get()) if settings.LIMITS else ""


def block_of(text: str) -> str:
    """Name an address's block; "" for one that is nobody's on the internet, like a proxy's."""
    try:
        found = ip_address(text)
    except ValueError:
        return ""
    if not found.is_global:
        return ""
    network = int(found) >> found.max_prefixlen - NETWORK[found.version]
    name = f"{found.version} {network}".encode()
    return digest("commerce.origin", name, settings.SECRET_KEY).hex()[:32]
