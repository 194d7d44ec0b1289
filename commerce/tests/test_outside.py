"""Nothing that a stranger names leads into the shop's own network."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from commerce import outside

PRIVATE = (
    "127.0.0.1 127.1 127.255.255.254 0.0.0.0 0 2130706433 0x7f000001 0177.0.0.1 localhost "
    "10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255 "
    "169.254.169.254 169.254.0.1 100.64.0.1 100.127.255.255 192.0.2.1 198.18.0.1 198.51.100.7 "
    "203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 2852039166 0xa9fea9fe "
    "[::1] [::] [::ffff:127.0.0.1] [::ffff:169.254.169.254] [::ffff:a00:1] [64:ff9b::7f00:1] "
    "[64:ff9b::a9fe:a9fe] [64:ff9b:1::a00:1] [2002:7f00:1::] [2002:a9fe:a9fe::] [fe80::1] "
    "[fec0::1] [fc00::1] [fd00:ec2::254] [ff02::1] [2001:db8::1] [::7f00:1]"
)
BAD = (
    "ftp://example.com/a file:///etc/passwd gopher://example.com/ //example.com/a data:,a a "
    "http:// https:///a http://user@example.com/ http://a:b@example.com/ http://example.com:22/ "
    "http://example.com:6379/ http://example.com:99999/ http://[::1 http://exämple.com/ "
    "http://example.com/\r\nX:1"
)


@pytest.fixture
def connections(monkeypatch) -> list[object]:
    made: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *told, **more: made.append(told))
    return made


@pytest.mark.parametrize("host", PRIVATE.split())
def test_never_connects_to_a_private_address(host, connections):
    with pytest.raises(outside.Refused):
        outside.fetch(f"http://{host}/latest/meta-data/", most=100)
    assert connections == []


@pytest.mark.parametrize("url", BAD.split(" "))
def test_refuses_what_is_no_plain_address(url, connections):
    with pytest.raises(outside.Refused):
        outside.fetch(url, most=100)
    assert connections == []


def test_refuses_a_name_with_one_private_address(monkeypatch, connections):
    found = [(2, 1, 6, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **more: found)
    with pytest.raises(outside.Refused, match="not on the public internet"):
        outside.fetch("http://example.com/", most=100)
    assert connections == []


class Answers(BaseHTTPRequestHandler):
    """Gives bytes, or leads on."""

    def do_GET(self) -> None:
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path.partition("?")[2])
            self.end_headers()
            return
        self.send_response(200 if self.path == "/picture" else 404)
        self.end_headers()
        self.wfile.write(b"x" * 1_000)

    def log_message(self, *told: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def fetch(server: HTTPServer, path: str, most: int = 1_000) -> bytes:
    """Fetch from the one private address that counts as public here."""
    port = server.server_port
    return outside.fetch(
        f"http://127.0.0.1:{port}{path}",
        most=most,
        public=lambda address: address == "127.0.0.1",
        ports={port, 80},
    )


def test_fetches_what_is_there(server):
    assert fetch(server, "/picture") == b"x" * 1_000
    assert fetch(server, "/to?/picture") == b"x" * 1_000


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/to?http://169.254.169.254/", "not on the public internet"),
        ("/to?http://127.0.0.2/", "not on the public internet"),
        ("/to?file:///etc/passwd", "Only addresses with http"),
        ("/to?/to?/to?/to?/to?/to?/picture", "more than 4 redirects"),
        ("/nothing", "The answer was 404"),
    ],
    ids=["metadata", "loopback", "file", "too many", "nothing"],
)
def test_looks_at_redirects_like_at_any_address(server, path, reason):
    with pytest.raises(outside.Refused, match=reason):
        fetch(server, path)


def test_stops_reading_what_is_too_large(server):
    with pytest.raises(outside.Refused, match="more than 999 bytes"):
        fetch(server, "/picture", most=999)
