"""Every accepted order becomes one placed order, whoever is killed in between.

The books are compared at the end: orders with their stories, goods that left the shelf, what the
bank took, and mails.
"""

import contextlib
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
import urllib3
from django.conf import settings as current

from apps.catalog.interface import Kind
from apps.orders import service as orders_service
from apps.orders.domain import Wish
from apps.orders.interface import Status, orders
from apps.orders.models import Order
from apps.payments.models import BankEntry
from apps.stock.interface import stock
from commerce import ids
from commerce.money import Money
from commerce.testing.processes import own_redis, running
from tests.faults.dying import Killed
from tests.journeys.partner import Partner, sell

pytestmark = pytest.mark.django_db(transaction=True)
UNITS = 100
BUYERS = 4  # at once
REAL = {Status.PLACED, Status.PAID}
KILLERS = [
    ("stock", "KilledBeforeGoods"),
    ("stock", "KilledAfterGoods"),
    ("payments", "KilledAfterMoney"),
]


def buy(url: str) -> list[UUID]:
    """Have some partners buy at once; returns the orders that were accepted."""
    with ThreadPoolExecutor(BUYERS) as buyers:
        told = list(buyers.map(buy_one, [url] * BUYERS))
    return [order for order in told if order]


def buy_one(url: str) -> UUID | None:
    """Buy a voucher; None when the shop honestly cannot sell one now."""
    partner = Partner(url)
    with contextlib.suppress(KeyError, urllib3.exceptions.HTTPError):
        partner.begin()
        if partner.add("VOUCHER", 1).status != 201:
            return None
        partner.change("PATCH", "", {"email": "ada@example.com"})
        answer = partner.order(partner.pay())
        return ids.parse("ord", answer.body["id"]) if answer.status == 202 else None
    return None


def until(true: Callable[[], bool], seconds: float = 90) -> None:
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.2)


def all_paid() -> bool:
    """Whether nothing is left to do for any order."""
    return not Order.objects.exclude(status__in=["paid", "refused"]).exists()


def check_books(accepted: list[UUID]) -> None:
    """Compare what was promised with what every context has written down."""
    assert len(set(accepted)) == len(accepted)
    assert set(Order.objects.filter(status="paid").values_list("pk", flat=True)) >= set(accepted)
    made = [orders.order(order=order) for order in Order.objects.values_list("pk", flat=True)]
    sold = [order for order in made if order.status in REAL]
    for order in sold:
        steps = Counter(step.what for step in order.history)
        assert [steps[step] for step in ("accepted", "placed", "paid")] == [1, 1, 1]
    assert stock.available(skus=("VOUCHER",))["VOUCHER"].free == UNITS - len(sold)
    assert BankEntry.objects.filter(what=BankEntry.What.CAPTURE).count() == len(sold)
    written = Counter(mailed_numbers())
    assert {order.number for order in sold if written[order.number] > 1} == set()


@pytest.fixture(autouse=True)
def _no_mail_of_before():
    for file in Path(current.HALLES_HOME, "mail").glob("*.log"):
        file.unlink()


def mailed_numbers() -> list[str]:
    """List the order numbers in the subjects of all mails that workers have written."""
    lines = (
        line
        for file in Path(current.HALLES_HOME, "mail").glob("*.log")
        for line in file.read_text().splitlines()
    )
    return [word for line in lines if line.startswith("Subject") for word in line.split()]


def test_accepted_orders_survive_worker_relay_and_redis():
    sell("VOUCHER", UNITS, kind=Kind.VIRTUAL)
    with (
        own_redis() as redis,
        running("web", "worker", "relay", env={"REDIS_URL": redis.url}) as shop,
    ):
        accepted = buy(shop.url)
        assert len(accepted) == BUYERS
        for role in ("worker", "relay"):
            accepted += buy(shop.url)
            shop.kill(role)
            accepted += buy(shop.url)
            shop.restart(role)
        accepted += buy(shop.url)
        redis.kill()
        accepted += buy(shop.url)
        until(all_paid)
        assert len(accepted) >= 5 * BUYERS
        check_books(accepted)


def test_orders_begun_when_the_web_died_are_ended_by_the_worker(settings):
    sell("VOUCHER", UNITS, kind=Kind.VIRTUAL)
    alive = settings.SERVICES
    with running("web", "worker-orders", "relay", env=at_once()) as shop:
        for context, provider in KILLERS:
            partner = Partner(shop.url)
            partner.begin()
            partner.add("VOUCHER", 1)
            wanted = wish(partner, partner.pay())
            settings.SERVICES = alive | {context: {"BACKEND": f"tests.faults.dying.{provider}"}}
            with pytest.raises(Killed):
                orders_service.place(wish=wanted, caller="ct:ada", key=provider)
        settings.SERVICES = alive
        until(all_paid)
    begun = Order.objects.all()
    assert [order.events.get(what="accepted").actor for order in begun] == ["recovery"] * 3
    check_books([order.pk for order in begun])


def at_once() -> dict[str, str]:
    """Have the recovery take over sooner than in a shop, where shoppers may come back."""
    return {"HALLES_ORDER_RECOVERY_SECONDS": "1"}


def wish(partner: Partner, session) -> Wish:
    """Say inside the shop what a partner would say outside."""
    return Wish(
        cart=ids.parse("cart", partner.cart),
        cart_version=partner.version,
        expected_total=Money.from_json(session.body["amount"]),
        payment_session=ids.parse("pay", session.body["id"]),
    )
