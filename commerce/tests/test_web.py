"""The shop behind an ASGI server: light requests on the event loop, all others in threads."""

import asyncio
import threading
import time

import pytest
import uvloop

from commerce import web
from commerce.web import Web, environment

HERE = {
    "type": "http",
    "method": "POST",
    "scheme": "http",
    "http_version": "1.1",
    "query_string": b"",
    "client": ("127.0.0.1", 1),
    "server": ("localhost", 80),
}
LIGHT, HEAVY = b"/api/cart/v1/carts/cart_1/items", b"/api/cart/v1/carts"


def scope(path, *headers, **others):
    return {**HERE, "raw_path": path, "headers": headers, **others}


class Client:
    """Sends parts of a body and collects what it is sent."""

    def __init__(self, *parts, leaves=False):
        last = [] if leaves else [{"type": "http.request", "body": parts[-1] if parts else b""}]
        more = parts if leaves else parts[:-1]
        self.parts = [{"type": "http.request", "body": p, "more_body": True} for p in more] + last
        self.leaves = leaves
        self.sent = []

    async def receive(self):
        if self.parts:
            return self.parts.pop(0)
        if not self.leaves:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)

    @property
    def status(self):
        return self.sent[0]["status"]

    @property
    def body(self):
        return b"".join(message.get("body", b"") for message in self.sent[1:])


def serve(application, path, client, *headers, **others):
    async def visit():
        await Web(application)(scope(path, *headers, **others), client.receive, client.send)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(visit())
    return client


def echo(environ, start):
    body = environ["wsgi.input"].read()
    start("200 OK", [("X-Thread", str(threading.get_ident()))])
    return (body,)


def thread_of(client):
    return int(dict(client.sent[0]["headers"])[b"X-Thread"])


@pytest.mark.parametrize(
    ("path", "method"), [(HEAVY, "POST"), (LIGHT, "POST"), (b"/", "GET"), (b"/api/nothing", "GET")]
)
def test_an_asgi_server_has_everything_answered_by_threads(path, method):
    assert thread_of(serve(echo, path, Client(), method=method)) != threading.get_ident()


def test_a_long_body_is_read_by_a_thread_as_it_arrives():
    parts = [bytes([65 + number]) * 50_000 for number in range(4)]
    client = serve(echo, LIGHT, Client(*parts))
    assert client.body == b"".join(parts)
    assert thread_of(client) != threading.get_ident()


def test_nothing_is_done_for_somebody_who_leaves_before_the_body_is_there():
    assert serve(pytest.fail, LIGHT, Client(b"{", leaves=True)).sent == []


def test_a_reader_of_a_long_body_is_told_that_whoever_sent_it_has_gone():
    def reads(environ, start):
        with pytest.raises(OSError, match="gone"):
            environ["wsgi.input"].read()
        start("400 Bad Request", [])
        return ()

    assert serve(reads, HEAVY, Client(b"a" * web.SHORT, leaves=True)).status == 400


class Long:
    """An answer that comes bit by bit."""

    streaming = True
    closed = False

    def __init__(self, chunks):
        self.chunks = chunks

    def __iter__(self):
        return iter(self.chunks)

    def close(self):
        self.closed = True


def streams(answer):
    def application(environ, start):
        start("200 OK", [])
        return answer

    return application


def test_what_comes_bit_by_bit_is_sent_bit_by_bit_and_closed():
    answer = Long([b"a", b"b"])
    client = serve(streams(answer), HEAVY, Client())
    assert [message.get("body") for message in client.sent[1:]] == [b"a", b"b", None]
    assert answer.closed


def test_nobody_streams_to_somebody_who_has_gone():
    def forever():
        while True:
            time.sleep(0.001)
            yield b"a"

    client = Client(b"")
    client.leaves = True
    answer = Long(forever())
    serve(streams(answer), HEAVY, client)
    assert answer.closed


def test_an_underscore_does_not_make_a_header_pass_for_another():
    headers = ((b"x_forwarded_for", b"1.2.3.4"), (b"x-forwarded-for", b"5.6.7.8"))
    assert environment(scope(b"/", *headers))["HTTP_X_FORWARDED_FOR"] == "5.6.7.8"


def test_a_request_is_described_as_wsgi_does():
    headers = ((b"content-length", b"2"), (b"accept", b"a"), (b"accept", b"b"))
    there = environment(scope(b"/caf%C3%A9", *headers, query_string=b"a=1"))
    assert there["PATH_INFO"] == "/café".encode().decode("latin-1")
    assert (there["CONTENT_LENGTH"], there["HTTP_ACCEPT"]) == ("2", "a,b")
    assert (there["QUERY_STRING"], there["REMOTE_ADDR"]) == ("a=1", "127.0.0.1")
