"""Fetches what strangers name, from the public internet and nowhere else.

The name is resolved once, every address it has must be public, and the connection goes to an
address that was looked at, so that no second answer of a name server leads elsewhere. Redirects
are looked at like any other address (OWASP, Server-Side Request Forgery Prevention).
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urljoin, urlsplit

SCHEMES = {"http": 80, "https": 443}
PORTS = frozenset(SCHEMES.values())
REDIRECTS = {301, 302, 303, 307, 308}
MOST_REDIRECTS = 4
PATIENCE = 10.0  # seconds for one step; three times as long for the whole
PIECE = 65_536  # bytes
TRANSLATED = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address inside one of IPv6
LOCALLY_TRANSLATED = IPv6Network("64:ff9b:1::/48")  # RFC 8215
Judge = Callable[[str], bool]


class Refused(Exception):
    """It was not fetched; the message is a sentence."""


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, whatever it is wrapped in."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found in LOCALLY_TRANSLATED:
            return False
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo and found.teredo[1])
        if found in TRANSLATED:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
        if found.is_site_local:
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved)


def fetch(
    url: str, *, most: int, public: Judge = is_public, ports: Collection[int] = PORTS
) -> bytes:
    """Return at most so many bytes that an address gives; raises Refused for everything else."""
    end = time.monotonic() + 3 * PATIENCE
    for _ in range(MOST_REDIRECTS + 1):
        parts = checked(url, ports)
        try:
            answer = ask(parts, public)
            with answer:
                if answer.status not in REDIRECTS:
                    return body(answer, most, end)
                url = urljoin(url, answer.getheader("Location", ""))
        except (OSError, http.client.HTTPException, ValueError) as problem:
            raise Refused(f"{parts.hostname} did not answer: {problem}.") from None
    raise Refused(f"There are more than {MOST_REDIRECTS} redirects.")


def checked(url: str, ports: Collection[int]) -> SplitResult:
    """Read an address of the web."""
    try:
        parts = urlsplit(url)
        port = parts.port or SCHEMES.get(parts.scheme)
    except ValueError:
        raise Refused("This is no address.") from None
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise Refused("Only addresses with http:// or https:// are fetched.")
    if parts.username is not None or port not in ports:
        raise Refused("An address has no user name, and no other port than 80 or 443.")
    if not url.isascii() or any(letter <= " " for letter in url):
        raise Refused("An address has no spaces and no letters beyond ASCII.")
    return parts


def ask(parts: SplitResult, public: Judge) -> http.client.HTTPResponse:
    """Ask an address that was looked at."""
    host, port = parts.hostname or "", parts.port or SCHEMES[parts.scheme]
    line = socket.create_connection((looked_at(host, port, public), port), PATIENCE)
    try:
        if parts.scheme == "https":
            line = ssl.create_default_context().wrap_socket(line, server_hostname=host)
        connection = http.client.HTTPConnection(host, port)
        connection.auto_open = 0  # never to an address that nobody looked at
        connection.sock = line
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"User-Agent": "Halles", "Connection": "close"})
        return connection.getresponse()
    except BaseException:
        line.close()
        raise


def looked_at(host: str, port: int, public: Judge) -> str:
    """Resolve a name; one address that is not public makes all of them suspicious."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused(f"Nobody knows where {host[:100]} is.") from None
    addresses = [str(address[0]) for *_, address in found]
    if not addresses or not all(map(public, addresses)):
        raise Refused(f"{host[:100]} is not on the public internet.")
    return addresses[0]


def body(answer: http.client.HTTPResponse, most: int, end: float) -> bytes:
    """Read what was answered, as long as it is not too much and not too slow."""
    if answer.status != 200:
        raise Refused(f"The answer was {answer.status}.")
    read = bytearray()
    while piece := answer.read(PIECE):
        read += piece
        if len(read) > most:
            raise Refused(f"There are more than {most:,} bytes.")
        if time.monotonic() > end:
            raise Refused("It took too long.")
    return bytes(read)
