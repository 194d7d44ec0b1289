"""What a web process hears and says: HTTP by Uvicorn, light requests past its tasks."""

import asyncio
import io
import json
import threading
import weakref
from functools import partial

import pytest
import uvloop
from uvicorn import Config
from uvicorn.server import ServerState

from commerce import greenlets, overload, web
from commerce.corked import Corked
from commerce.rest import door
from commerce.server import Protocol

LIGHT, HEAVY = "/api/cart/v1/carts/cart_1/items", "/api/cart/v1/carts"


class Pipe:
    """A transport of which only what is written matters."""

    def __init__(self):
        self.written, self.closed = b"", False

    def get_extra_info(self, name):
        return None

    def write(self, data):
        self.written += data

    def is_closing(self):
        return self.closed

    def close(self):
        self.closed = True

    def pause_reading(self): ...

    def resume_reading(self): ...

    @property
    def answers(self):
        return self.written.count(b"HTTP/1.1 ")


def connected(application):
    """Begin a connection to an application, on the running loop."""
    config = Config(app=application, http=Protocol, interface="asgi3", log_config=None)
    config.load()
    config.loaded_app = application
    protocol, pipe = Protocol(config, ServerState(), {}, asyncio.get_running_loop()), Pipe()
    protocol.connection_made(pipe)
    return protocol, pipe


def talk(application, *parts, answers=1):
    """Send parts of requests, one in each turn of a loop; gives what was written."""

    async def visit():
        protocol, pipe = connected(web.Web(application))
        for part in parts:
            protocol.data_received(part)
            await asyncio.sleep(0)
        await answered(pipe, answers)
        return pipe

    return on_a_loop(visit())


async def answered(pipe, answers=1):
    async with asyncio.timeout(5):
        while pipe.answers < answers:
            await asyncio.sleep(0.001)


def on_a_loop(visit):
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(visit)


def post(path, body=b"{}", *headers, method="POST"):
    head = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, *headers, "", ""]).encode() + body


def echo(environ, start):
    body = environ["wsgi.input"].read()
    thread = str(threading.get_ident())
    start("200 OK", [("Content-Length", str(len(body))), ("X-Thread", thread)])
    return (body,)


def is_here(pipe):
    return f"X-Thread: {threading.get_ident()}\r\n".lower() in pipe.written.decode().lower()


def test_what_is_light_is_answered_on_the_event_loop():
    pipe = talk(echo, post(LIGHT, b'{"a": 1}'))
    assert is_here(pipe)
    assert pipe.written.startswith(b"HTTP/1.1 200 OK\r\n")
    assert pipe.written.endswith(b'\r\n\r\n{"a": 1}')


@pytest.mark.parametrize(
    "request_",
    [
        post(HEAVY),
        post(LIGHT, method="DELETE"),
        post("/"),
        post("/api/nothing"),
        post(LIGHT, b"a" * 70_000),
        post(LIGHT, b"{}", "Expect: 100-continue"),
    ],
    ids=["other", "method", "page", "nothing", "long", "careful"],
)
def test_everything_else_is_answered_by_a_thread(request_):
    pipe = talk(echo, request_, answers=2 if b"100-continue" in request_ else 1)
    assert b"HTTP/1.1 200 OK" in pipe.written
    assert not is_here(pipe)


def test_a_light_request_is_answered_when_its_body_is_there():
    whole = post(LIGHT, b"a" * 20_000)
    pipe = talk(echo, whole[:30], whole[30:9_000], whole[9_000:])
    assert is_here(pipe)
    assert pipe.written.endswith(b"\r\n\r\n" + b"a" * 20_000)


def test_requests_of_one_connection_are_answered_in_their_order():
    def pauses(environ, start):
        body = environ["wsgi.input"].read()
        greenlets.sleep(float(body))
        start("200 OK", [("Content-Length", str(len(body)))])
        return (body,)

    pipe = talk(
        pauses, post(LIGHT, b"0.05") + post(LIGHT, b"0.00") + post(HEAVY, b"0.01"), answers=3
    )
    assert [part[-4:] for part in pipe.written.split(b"HTTP/1.1 ")[1:]] == [
        b"0.05",
        b"0.00",
        b"0.01",
    ]


def test_a_connection_is_closed_after_the_answer_if_the_client_wants_it_so():
    pipe = talk(echo, post(LIGHT, b"{}", "Connection: close"))
    assert b"\r\nconnection: close\r\n" in pipe.written
    assert pipe.closed


def test_nothing_is_written_to_somebody_who_has_left():
    async def visit():
        protocol, pipe = connected(web.Web(slow))
        protocol.data_received(post(LIGHT))
        protocol.connection_lost(None)
        await asyncio.sleep(0.05)
        return pipe

    def slow(environ, start):
        greenlets.sleep(0.01)
        return echo(environ, start)

    assert on_a_loop(visit()).written == b""


def test_nothing_is_done_for_somebody_who_leaves_before_the_body_is_there():
    async def visit():
        protocol, pipe = connected(web.Web(pytest.fail))
        protocol.data_received(post(LIGHT)[:-1])
        protocol.connection_lost(None)
        await asyncio.sleep(0.01)
        return pipe

    assert on_a_loop(visit()).written == b""


def test_an_answer_waits_for_a_client_that_does_not_read():
    async def visit():
        protocol, pipe = connected(web.Web(echo))
        protocol.pause_writing()
        protocol.data_received(post(LIGHT))
        await asyncio.sleep(0.01)
        assert pipe.written == b""
        protocol.resume_writing()
        await answered(pipe)

    on_a_loop(visit())


def test_a_defect_is_a_500_and_the_next_request_is_answered():
    def breaks(environ, start):
        if environ["wsgi.input"].read() == b"no":
            raise LookupError
        return door.Door(echo)(environ, start)

    pipe = talk(breaks, post(LIGHT, b"no"), post(LIGHT, b"{}"), answers=2)
    assert pipe.written.startswith(b"HTTP/1.1 500 ")
    assert b"HTTP/1.1 401 " in pipe.written


def test_few_are_served_at_once_and_who_waits_too_long_is_turned_away(monkeypatch):
    monkeypatch.setattr(web, "TOGETHER", 1)
    monkeypatch.setattr(overload, "PATIENCE", 0.05)
    slow = threading.Event()

    def application(environ, start):
        if not slow.is_set():
            slow.set()
            greenlets.sleep(0.2)
            return echo(environ, start)
        return door.Door(echo)(environ, start)

    async def visit():
        shop = web.Web(application)
        pipes = []
        for _ in range(3):
            protocol, pipe = connected(shop)
            protocol.data_received(post(LIGHT))
            pipes.append(pipe)
        for pipe in pipes:
            await answered(pipe)
        return [pipe.written[9:12] for pipe in pipes]

    assert on_a_loop(visit()) == [b"200", b"503", b"503"]


def test_who_comes_while_others_wait_for_long_is_turned_away_at_once(monkeypatch):
    monkeypatch.setattr(web, "TOGETHER", 1)
    monkeypatch.setattr(overload, "PATIENCE", 0.2)
    story = []

    def application(environ, start):
        greenlets.sleep(0.15)
        return echo(environ, start)

    async def visit():
        shop = web.Web(application)

        async def come(after):
            protocol, pipe = connected(shop)
            await asyncio.sleep(after)
            protocol.data_received(post(LIGHT))
            await answered(pipe)
            story.append((after, pipe.written[9:12]))
            return pipe.written

        return (await asyncio.gather(come(0), come(0.001), come(0.12), come(0.2)))[2]

    head, _, body = on_a_loop(visit()).partition(b"\r\n\r\n")
    assert story == [(0.12, b"503"), (0, b"200"), (0.001, b"200"), (0.2, b"200")]
    assert b"\r\nretry-after: 2\r\n" in head.lower()
    assert json.loads(body)["code"] == "unavailable"


def test_nobody_is_turned_away_for_sending_slowly(monkeypatch):
    monkeypatch.setattr(overload, "PATIENCE", 0.05)

    async def visit():
        protocol, pipe = connected(web.Web(door.Door(echo)))
        whole = post(LIGHT)
        protocol.data_received(whole[:-1])
        await asyncio.sleep(0.1)
        protocol.data_received(whole[-1:])
        await answered(pipe)
        return pipe

    assert on_a_loop(visit()).written.startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(("length", "refused"), [(1_000, False), (70_000, True)])
def test_the_head_of_a_request_has_a_limit(length, refused):
    async def feed():
        protocol, pipe = connected(web.Web(echo))
        protocol.data_received(b"GET / HTTP/1.1\r\nX-Long: ")
        for _ in range(length // 1_000):
            if not pipe.closed:
                protocol.data_received(b"a" * 1_000)
        return pipe

    pipe = on_a_loop(feed())
    assert pipe.closed == pipe.written.startswith(b"HTTP/1.1 400") == refused


def test_what_is_written_in_one_turn_of_the_loop_is_sent_at_once():
    async def write():
        pipe = Pipe()
        corked = Corked(pipe)
        for part in (b"head", b"body"):
            corked.write(part)
        assert pipe.written == b""
        await asyncio.sleep(0)
        assert pipe.written == b"headbody"
        corked.write(b" and the rest")
        corked.close()
        return pipe

    pipe = on_a_loop(write())
    assert (pipe.written, pipe.closed) == (b"headbody and the rest", True)


def test_a_thousand_requests_one_after_another_need_few_greenlets():
    turns = greenlets.Turns(64)

    async def visit():
        for _ in range(1_000):
            turns.begin(lambda: None, lambda answer: None)
            turns.begin(lambda: greenlets.sleep(0), lambda answer: None)
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)

    on_a_loop(visit())
    assert len(turns.free) < 10
    assert turns.running == 0


def test_a_greenlet_without_a_request_keeps_nothing_of_the_last_one():
    turns, request = greenlets.Turns(1), io.BytesIO()
    kept = weakref.ref(request)

    async def visit(work):
        done = asyncio.get_running_loop().create_future()
        turns.begin(work, done.set_result)
        return weakref.ref(await done)

    told = on_a_loop(visit(partial(came_to, request)))
    del request
    assert len(turns.free) == 1
    assert kept() is told() is None


def came_to(request):
    greenlets.sleep(0)
    return io.BytesIO(request.read())
