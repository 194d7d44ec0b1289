"""An order gets all its goods and its money, or nothing has happened."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from apps.cart.interface import State
from apps.payments.interface import PaymentRefused
from apps.stock.interface import Destination, OutOfStock, Shortage
from commerce import clock, ids
from commerce.events import pressure
from commerce.events.models import Delivery, Fact
from commerce.services import ServiceUnavailable

from .. import service
from ..domain import AlreadyOrdered, InProgress, NotPossible, OtherWish, TooBusy
from ..interface import Status
from ..models import Order
from ..service.place import LONGEST_WAIT
from .conftest import euros, fill
from .fakes import cart_line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop", "both_ways")]
ADA, BOB = "ct:ada", "ct:bob"


@pytest.fixture(autouse=True)
def _measure_anew():
    pressure.measured.cache_clear()


def place(wish, *, caller=ADA, key="first"):
    return service.place(wish=wish, caller=caller, key=key)


def refused(wish, **how):
    with pytest.raises(NotPossible) as refusal:
        place(wish, **how)
    return [reason.code for reason in refusal.value.reasons]


def test_accepts_with_goods_money_and_fact(shop, wish):
    receipt = place(wish)
    order = Order.objects.get()
    assert (order.status, order.number) == (Status.ACCEPTED.value, receipt.number)
    assert receipt.number.startswith("H-1")
    assert shop.sold == {order.pk: Counter(MUG=2)}
    assert shop.bound == {order.pk: wish.payment_session}
    assert shop.carts[wish.cart].state is State.ORDERED
    assert Fact.objects.get().payload == {"order": str(order.pk)}
    assert [event.what for event in order.events.all()] == ["placing", "accepted"]


def test_freezes_what_the_shopper_saw(shop, wish):
    place(wish)
    shop.carts.clear()
    order = service.show(order=Order.objects.get().pk)
    (line,) = order.lines
    assert (line.name, line.quantity, line.unit) == ("A mug", 2, euros("10.00"))
    assert (order.subtotal, order.shipping, order.grand) == (
        euros("20.00"),
        euros("4.90"),
        euros("24.90"),
    )
    assert order.address.city == "London"


def test_takes_the_goods_for_where_they_go(shop, wish):
    place(wish)
    assert list(shop.goals.values()) == [Destination("GB")]


def test_goods_that_go_nowhere_have_no_destination(shop):
    song = replace(cart_line("SONG", 1), ships=False)
    place(fill(shop, lines=(song,), address=None, shipping=None))
    assert list(shop.goals.values()) == [None]


def test_takes_the_parts_of_a_bundle(shop):
    wish = fill(shop, lines=(cart_line("SET", 2, parts=("MUG", "MUG", "TRAY")),))
    shop.held[wish.cart] = Counter(MUG=4, TRAY=2)
    place(wish)
    assert shop.sold_units() == Counter(MUG=4, TRAY=2)


def test_writes_nothing_for_a_bad_cart(shop, wish):
    assert refused(replace(wish, cart_version=1, payment_session=None)) == [
        "cart-changed",
        "payment-missing",
    ]
    assert not Order.objects.exists()
    assert "stock.commit" not in shop.calls


def test_goods_gone_at_the_last_moment_undo_everything(shop, wish):
    shop.fault("stock.commit", out_of_stock())
    assert refused(wish) == ["hold-expired"]
    order = Order.objects.get()
    assert order.status == Status.REFUSED.value
    assert shop.sold_units() == Counter()
    assert shop.bound == {}
    assert not Fact.objects.exists()
    assert shop.carts[wish.cart].state is State.OPEN


def test_payment_refused_at_the_last_moment_puts_goods_back(shop, wish):
    session = shop.sessions[wish.payment_session]
    shop.fault("payments.bind", payment_refused(session.id))
    assert refused(wish) == ["payment-refused"]
    assert Order.objects.get().status == Status.REFUSED.value
    assert shop.sold_units() == Counter()
    assert shop.shelf == Counter(MUG=2)
    assert [event.what for event in Order.objects.get().events.all()] == [
        "placing",
        "refusing",
        "refused",
    ]


def test_refused_attempt_leaves_the_cart_free_for_the_next(shop, wish):
    shop.fault("stock.commit", out_of_stock())
    refused(wish)
    shop.shelf["MUG"] = 2
    assert place(wish, key="second").number
    assert sorted(Order.objects.values_list("status", flat=True)) == ["accepted", "refused"]


def test_replay_gives_the_same_order(wish):
    first = place(wish)
    again = place(wish)
    assert (again.order, again.number, again.replayed) == (first.order, first.number, True)
    assert Order.objects.count() == 1


def test_replay_gives_the_same_refusal(shop, wish):
    shop.fault("stock.commit", out_of_stock())
    with pytest.raises(NotPossible) as first:
        place(wish)
    with pytest.raises(NotPossible) as again:
        place(wish)
    assert again.value.reasons == first.value.reasons


def test_replay_asks_no_other_context(shop, wish):
    place(wish)
    Order.objects.update(status=Status.PLACED.value)
    shop.calls.clear()
    place(wish)
    assert shop.calls == []


def test_same_key_with_another_wish_is_refused(wish):
    place(wish)
    with pytest.raises(OtherWish):
        place(replace(wish, expected_total=euros("1.00")))


def test_same_key_of_another_customer_is_another_key(shop, wish):
    mine = place(wish, caller=ADA)
    yours = place(fill(shop), caller=BOB)
    assert mine.order != yours.order
    assert not yours.replayed


def test_cart_becomes_one_order_only(wish):
    first = place(wish)
    with pytest.raises(AlreadyOrdered) as refusal:
        place(wish, key="second")
    assert refusal.value.order == first.order
    assert Order.objects.count() == 1


def test_attempt_under_way_is_left_alone(shop, wish):
    shop.fault("payments.bind")
    with pytest.raises(ServiceUnavailable):
        place(wish)
    taken_by_somebody_alive()
    for key in ("first", "second"):
        with pytest.raises(InProgress):
            place(wish, key=key)


def test_silent_neighbour_leaves_the_order_to_the_same_key(shop, wish):
    shop.fault("stock.commit", after=True)
    with pytest.raises(ServiceUnavailable):
        place(wish)
    assert Order.objects.get().status == Status.PLACING.value
    assert place(wish).replayed
    assert Order.objects.get().status == Status.ACCEPTED.value
    assert shop.sold_units() == Counter(MUG=2)


def test_accepted_though_the_cart_cannot_be_closed(shop, wish):
    shop.fault("cart.close")
    assert place(wish).number
    assert Order.objects.get().status == Status.ACCEPTED.value


def test_turns_away_when_the_workers_are_far_behind(wish):
    late_delivery(LONGEST_WAIT + timedelta(seconds=1))
    with pytest.raises(TooBusy):
        place(wish)
    assert not Order.objects.exists()


def test_answers_replays_even_when_busy(wish):
    first = place(wish)
    late_delivery(LONGEST_WAIT + timedelta(seconds=1))
    assert place(wish).order == first.order


@pytest.mark.parametrize("moment", ["cart.contents", "payments.session"])
def test_twin_that_is_quicker_gives_the_answer(shop, wish, moment):
    quicker = []
    shop.meanwhile[moment] = lambda: quicker.append(place(wish))
    slower = place(wish)
    assert (slower.order, slower.replayed) == (quicker[0].order, True)
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_twins_become_one_order(shop, wish):
    told: list[object] = []
    twins = [threading.Thread(target=answer, args=(told, wish)) for _ in range(50)]
    for twin in twins:
        twin.start()
    for twin in twins:
        twin.join()
    order = Order.objects.get()
    assert order.status == Status.ACCEPTED.value
    assert {one for one in told if one is not InProgress} == {order.pk}
    assert len(told) == 50
    assert shop.sold_units() == Counter(MUG=2)
    assert Fact.objects.count() == 1


def answer(told, wish):
    """Place as one of many threads does, and tell what came of it."""
    try:
        told.append(place(wish).order)
    except InProgress:
        told.append(InProgress)
    finally:
        connection.close()


def out_of_stock():
    return OutOfStock(shortages=(Shortage("MUG", 2, 0),))


def payment_refused(session):
    return PaymentRefused(session=session, reason="No money.")


def taken_by_somebody_alive():
    Order.objects.update(claimed_until=Now() + timedelta(seconds=10))


def late_delivery(age):
    fact = Fact.objects.create(
        uuid=ids.new(),
        name="orders.OrderPaid",
        aggregate="x",
        payload={},
        request_id="",
        traceparent="",
        occurred_at=clock.now() - age,
    )
    Delivery.objects.create(fact=fact, consumer="x", aggregate="x", queue="orders")
    pressure.measured.cache_clear()
