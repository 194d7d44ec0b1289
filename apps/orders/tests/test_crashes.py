"""A crash anywhere leaves an order that the same key, or the recovery, takes to its end."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from apps.payments.interface import PaymentRefused
from apps.payments.interface import Status as Paid
from apps.stock.interface import OutOfStock, Shortage
from commerce.events.models import Fact

from .. import service
from ..domain import InProgress, NotPossible
from ..interface import Status
from ..models import Order
from ..service import accept, intents
from .conftest import fill
from .fakes import Crash

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop", "both_ways")]
FORWARD = [
    ("stock.commit", False),
    ("stock.commit", True),
    ("payments.bind", False),
    ("payments.bind", True),
]
BACKWARD = [
    ("payments.void", False),
    ("payments.void", True),
    ("stock.cancel", False),
    ("stock.cancel", True),
]
after_each_step_forward = pytest.mark.parametrize(("step", "after"), FORWARD)
after_each_step_backward = pytest.mark.parametrize(("step", "after"), BACKWARD)

at_each_change = pytest.mark.parametrize(
    ("state", "after"),
    [
        (state, after)
        for state in (Status.ACCEPTED, Status.REFUSING, Status.REFUSED)
        for after in (False, True)
    ],
)


@pytest.fixture(autouse=True)
def _recover_at_once(settings):
    settings.ORDER_RECOVERY_SECONDS = 0


def place(wish, key="first"):
    return service.place(wish=wish, caller="ct:ada", key=key)


def crash(shop, wish, step, after):
    shop.fault(step, Crash(), after=after)
    with pytest.raises(Crash):
        place(wish)


def is_accepted_once(shop):
    order = Order.objects.get()
    return (
        order.status == Status.ACCEPTED.value
        and shop.sold == {order.pk: Counter(MUG=2)}
        and shop.bound.keys() == {order.pk}
        and not shop.voided
        and Fact.objects.filter(name="orders.OrderAccepted").count() == 1
    )


def is_refused_wholly(shop):
    order = Order.objects.get()
    return (
        order.status == Status.REFUSED.value
        and shop.sold_units() == Counter()
        and shop.shelf["MUG"] == 2
        and not Fact.objects.exists()
    )


@after_each_step_forward
def test_same_key_takes_a_broken_order_to_its_end(shop, wish, step, after):
    crash(shop, wish, step, after)
    assert Order.objects.get().status == Status.PLACING.value
    assert place(wish).number == Order.objects.get().number
    assert is_accepted_once(shop)


@after_each_step_forward
def test_recovery_takes_a_broken_order_to_its_end(shop, wish, step, after):
    crash(shop, wish, step, after)
    assert service.recover() == 1
    assert is_accepted_once(shop)
    assert Order.objects.get().events.last().actor == "recovery"


@after_each_step_backward
def test_same_key_ends_a_broken_undoing(shop, wish, step, after):
    refuse_payment(shop, wish)
    crash(shop, wish, step, after)
    assert Order.objects.get().status == Status.REFUSING.value
    with pytest.raises(NotPossible, match="payment-refused"):
        place(wish)
    assert is_refused_wholly(shop)


@after_each_step_backward
def test_recovery_ends_a_broken_undoing(shop, wish, step, after):
    refuse_payment(shop, wish)
    crash(shop, wish, step, after)
    assert service.recover() == 1
    assert is_refused_wholly(shop)


@at_each_change
def test_recovery_goes_on_from_each_change_of_state(monkeypatch, shop, wish, state, after):
    if state is not Status.ACCEPTED:
        refuse_payment(shop, wish)
        refuse_payment(shop, wish)  # as often as it is asked for
    crash_at(monkeypatch, state, after=after)
    with pytest.raises(Crash):
        place(wish)
    service.recover()
    assert is_accepted_once(shop) if state is Status.ACCEPTED else is_refused_wholly(shop)


def test_crash_after_the_promise_changes_nothing(shop, wish):
    crash(shop, wish, "cart.close", False)
    assert service.recover() == 0
    assert place(wish).replayed
    assert is_accepted_once(shop)


def test_recovery_undoes_what_cannot_be_had_any_more(shop, wish):
    crash(shop, wish, "stock.commit", False)
    shop.held.clear()
    assert service.recover() == 1
    order = Order.objects.get()
    assert order.status == Status.REFUSED.value
    assert order.refusal[0]["code"] == "hold-expired"


def test_recovery_never_touches_what_was_promised(shop, wish):
    place(wish)
    shop.calls.clear()
    assert service.recover() == 0
    assert shop.calls == []


def test_recovery_leaves_young_orders_to_their_shoppers(settings, shop, wish):
    settings.ORDER_RECOVERY_SECONDS = 30
    crash(shop, wish, "payments.bind", True)
    assert service.recover() == 0
    Order.objects.update(created_at=Now() - timedelta(seconds=31))
    assert service.recover() == 1


def test_recovery_leaves_orders_alone_that_somebody_is_at(shop, wish):
    crash(shop, wish, "payments.bind", True)
    assert intents.claim(Order.objects.get().pk)
    assert service.recover() == 0
    with pytest.raises(InProgress):
        place(wish)


def test_silent_neighbour_keeps_no_other_order_waiting(shop, wish):
    crash(shop, wish, "payments.bind", False)
    other = fill(shop)
    shop.fault("payments.bind", Crash())
    with pytest.raises(Crash):
        place(other, key="other")
    shop.fault("stock.commit")
    assert service.recover() == 1
    assert service.recover() == 1
    assert set(Order.objects.values_list("status", flat=True)) == {Status.ACCEPTED.value}


def test_broken_order_keeps_no_other_order_waiting(shop, wish):
    crash(shop, wish, "payments.bind", False)
    other = fill(shop)
    shop.fault("payments.bind", Crash())
    with pytest.raises(Crash):
        place(other, key="other")
    shop.fault("stock.commit", ValueError("a defect"))
    with pytest.raises(ExceptionGroup, match="orders stay undecided"):
        service.recover()
    statuses = Order.objects.order_by("status").values_list("status", flat=True)
    assert list(statuses) == [Status.ACCEPTED.value, Status.PLACING.value]


def test_slow_attempt_cannot_accept_what_was_refused_meanwhile(shop, wish):
    """Two attempts at one order: one is refused and has undone everything, the other wakes up."""
    crash(shop, wish, "stock.commit", False)
    slow = intents.read(Order.objects.get().pk)
    shop.fault("stock.commit", OutOfStock(shortages=(Shortage("MUG", 2, 0),)))
    assert service.recover() == 1
    assert accept.decide(slow, actor="slow").status is Status.REFUSED
    assert shop.sold_units() == Counter()


def test_slow_attempt_keeps_no_money_of_what_was_refused_meanwhile(shop, wish):
    crash(shop, wish, "payments.bind", False)
    slow = intents.read(Order.objects.get().pk)
    refuse_payment(shop, wish)
    shop.meanwhile["payments.bind"] = service.recover
    assert accept.decide(slow, actor="slow").status is Status.REFUSED
    assert shop.voided == {slow.id}
    assert shop.sold_units() == Counter()


def test_slow_refusal_cannot_undo_what_was_accepted_meanwhile(shop, wish):
    crash(shop, wish, "stock.commit", False)
    slow = intents.read(Order.objects.get().pk)
    assert service.recover() == 1
    shop.fault("payments.bind", PaymentRefused(session=wish.payment_session, reason="No."))
    assert accept.decide(slow, actor="slow").status is Status.ACCEPTED
    assert is_accepted_once(shop)


def refuse_payment(shop, wish):
    """Let the payment look good when the cart is checked, and be refused when it is bound."""
    assert shop.sessions[wish.payment_session].status is Paid.AUTHORISED
    refusal = PaymentRefused(session=wish.payment_session, reason="No money.")
    shop.fault("payments.bind", refusal)


def crash_at(monkeypatch, state, *, after):
    """Crash once, right before or after an order has changed to a state."""
    move = intents.move

    def crashing(intent, to, **values):
        if to is not state:
            return move(intent, to, **values)
        monkeypatch.undo()
        if after:
            move(intent, to, **values)
        raise Crash

    monkeypatch.setattr(intents, "move", crashing)
