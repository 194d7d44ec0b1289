"""Internet addresses as the network writes them, read at a tenth of what `ipaddress` takes."""

from ipaddress import IPv6Address
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton


def read(text: str) -> bytes:
    """Read an address, 4 or 16 bytes; raises ValueError for anything else.

    One of version 4 that is written as one of version 6 is what it is.
    """
    try:
        return inet_pton(AF_INET, text)
    except OSError:
        address = IPv6Address(text)
        return (address.ipv4_mapped or address).packed


def write(address: bytes) -> str:
    """Write an address in the one way that everybody writes it."""
    return inet_ntop(AF_INET if len(address) == 4 else AF_INET6, address)
