"""Trial T9: Redis forgets everything, dies, is full, or stands still while people shop.

HALLES_TROUBLE_SECONDS says how long each trouble lasts.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles
from threading import Event
from uuid import uuid4

import pytest
from django.db import connection
from redis import Redis

from apps.cart import service
from apps.cart.interface import UnknownCart, cart
from apps.cart.service import change, goods, show
from apps.catalog.interface import Kind
from apps.orders.models import Order
from apps.stock.interface import Line, stock
from commerce import ids
from commerce.redis import client
from commerce.testing.processes import OwnRedis, own_redis, running
from tests.faults.test_fifty_buyers import drift, levels
from tests.journeys.partner import POOL, Answer, Partner, sell

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = float(os.environ.get("HALLES_TROUBLE_SECONDS", "0.6"))
LONG = 5.0  # seconds; enough for figures
HANGS = 8.0  # seconds; a short trial says nothing finer of a page than whether it comes
RECOVERY = 5.0  # seconds after the end of a trouble
UNITS = 100_000
Trouble = Callable[[OwnRedis, float], None]


def forget(redis: OwnRedis, seconds: float) -> None:
    with Redis.from_url(redis.url) as own:
        own.flushall()
    time.sleep(seconds)


def die(redis: OwnRedis, seconds: float) -> None:
    redis.kill()
    time.sleep(seconds)


def fill_up(redis: OwnRedis, seconds: float) -> None:
    with Redis.from_url(redis.url) as own:
        own.config_set("maxmemory", "1mb")
        time.sleep(seconds)
        own.config_set("maxmemory", "0")


def stand_still(redis: OwnRedis, seconds: float) -> None:
    with Redis.from_url(redis.url) as own:
        own.execute_command("CLIENT", "PAUSE", int(seconds * 1000), "ALL")
    time.sleep(seconds)


class Crowd:
    """Shoppers who repeat what was answered with 503, and one who only looks."""

    def __init__(self, url: str, sku: str) -> None:
        self.url, self.sku = url, sku
        self.answers: Counter[int] = Counter()
        self.accepted: list[str] = []
        self.looks: list[float] = []
        self.last = 0.0  # when something could be kept aside most recently
        self.over = Event()

    def sure(self, ask: Callable[[], Answer]) -> Answer:
        """Repeat a request until it is answered for good."""
        while True:
            answer = ask()
            self.answers[answer.status] += 1
            if answer.status != 503 or self.over.is_set():
                return answer
            assert answer.headers["Retry-After"]
            time.sleep(0.05)

    def shop(self) -> None:
        """Buy one voucher after the other, each in a cart of its own."""
        while not self.over.is_set():
            self.buy(Partner(self.url), str(uuid4()))

    def buy(self, partner: Partner, key: str) -> None:
        """Put one in a cart, pay and order."""
        begun = self.sure(lambda: partner.post("/api/cart/v1/carts", {}, key))
        if begun.status != 201:
            return
        partner.cart, partner.token = begun.body["id"], begun.body["token"]
        path = f"/api/cart/v1/carts/{partner.cart}/items"
        added = self.sure(lambda: partner.post(path, {"sku": self.sku}, key))
        if added.status != 201:
            return
        self.last = time.monotonic()
        partner.version = added.body["cart"]["version"]
        session = self.sure(partner.pay)
        if session.status != 201:
            return
        ordered = self.sure(lambda: partner.order(session, key))
        if ordered.status == 202:
            self.accepted.append(ordered.body["id"])

    def look(self) -> None:
        """Open a page of the catalogue over and over."""
        while not self.over.is_set():
            began = time.monotonic()
            assert POOL.request("GET", f"{self.url}/products/{self.sku.lower()}").status == 200
            self.looks.append(time.monotonic() - began)
            time.sleep(0.01)

    def hold(self) -> None:
        """Keep goods aside as a till does, which has no cart; nothing may ever refuse it."""
        till = uuid4()
        try:
            while not self.over.is_set():
                for quantity in (1, 0):
                    lines = (Line(self.sku, quantity),)
                    stock.reserve(cart=till, lines=lines, ttl=change.hold_time())
        finally:
            connection.close()


@pytest.fixture(scope="module")
def shop(django_db_setup: None) -> Iterator[tuple[OwnRedis, str]]:
    """Run a web server on a Redis of its own."""
    with own_redis() as redis, running("web", env={"REDIS_URL": redis.url}) as processes:
        yield redis, processes.url


@pytest.mark.parametrize("trouble", [forget, die, fill_up, stand_still])
def test_nothing_is_lost_but_time_when_redis_is_in_trouble(shop, trouble):
    redis, url = shop
    assert trial(redis, url, trouble, SECONDS) == []


def trial(redis: OwnRedis, url: str, trouble: Trouble, seconds: float) -> list[str]:
    """Have people shop before, during and after a trouble; list what was worse than it may be."""
    sku = f"VOUCHER-{uuid4().hex[:6].upper()}"
    sell(sku, UNITS, kind=Kind.VIRTUAL)
    ada = Partner(url)
    ada.begin()
    ada.add(sku, 2)
    crowd = Crowd(url, sku)
    with ThreadPoolExecutor(4) as people:
        work = [people.submit(each) for each in (crowd.shop, crowd.shop, crowd.look, crowd.hold)]
        time.sleep(seconds)
        calm, crowd.looks = crowd.looks, []
        trouble(redis, seconds)
        ended, troubled = time.monotonic(), crowd.looks
        while crowd.last < ended and time.monotonic() < ended + RECOVERY:
            time.sleep(0.02)
        recovered = crowd.last > ended
        crowd.over.set()
        for each in work:
            each.result()
    strange = {*crowd.answers} - {201, 202, 404, 409, 503}
    limit = 2 * slowest(calm, seconds) if seconds >= LONG else HANGS
    told = {ids.parse("ord", order) for order in crowd.accepted}
    on_hand, kept, allocated = levels(sku)
    found = ada.ask("GET", f"/api/cart/v1/carts/{ada.cart}").body.get("items", [])
    whole = [(line["sku"], line["quantity"], line["hold"]["lapsed"]) for line in found]
    judged = {
        f"nobody could shop {RECOVERY} s later: {crowd.answers}": recovered,
        f"answered with {strange}": not strange,
        f"pages took {slowest(troubled, seconds):.2f} s": slowest(troubled, seconds) < limit,
        "an order was lost": told <= set(Order.objects.values_list("pk", flat=True)),
        "the books do not balance": drift() == [],
        "oversold": kept + allocated <= on_hand == UNITS,
        f"a cart was lost: {found}": whole == [(sku, 2, False)],
    }
    return [wrong for wrong, fine in judged.items() if not fine]


def slowest(looks: list[float], seconds: float) -> float:
    """Say what one look in twenty takes longer than; of a few looks, what the slowest takes."""
    return quantiles(looks, n=20)[-1] if seconds >= LONG else max(looks, default=0)


def test_control_without_its_holds_a_lost_cart_is_gone(monkeypatch):
    sell("VOUCHER", UNITS, kind=Kind.VIRTUAL)
    goods.forget()
    ada = service.create(currency="EUR", locale="en").id
    service.add(ada, sku="VOUCHER", quantity=2)
    client("carts").delete(f"cart:{{{ada}}}")
    monkeypatch.setattr(show, "find_again", lambda cart: None)
    with pytest.raises(UnknownCart):
        cart.contents(cart=ada)
