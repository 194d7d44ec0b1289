"""Cancellations, edits, returns and refunds: each once, exact to the cent, never too much."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from apps.pricing.interface import CardPayment
from commerce import ids
from commerce.testing import deliver_all

from .. import service
from ..domain import OtherWish
from ..domain.life import NotAllowed, Refusal, Tracking, allowed
from ..domain.refunds import RETURN_NEXT, share, split
from ..interface import ReturnState
from ..models import Line, Order, Refund, Return
from .conftest import euros, fill
from .fakes import Crash, cart_line, quote

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop", "both_ways")]
EVE = "staff:eve"


@pytest.fixture
def order(shop):
    """Three mugs and two pens at ten euros, paid for, with 4.90 for sending."""
    return bought(shop)


def bought(shop, **fields):
    wish = fill(shop, lines=(cart_line("MUG", 3), cart_line("PEN", 2)), **fields)
    order = service.place(wish=wish, caller="ct:ada", key=str(wish.cart)).order
    deliver_all()
    mail.outbox.clear()
    return order


def send(order, **goods):
    positions = {int(line.removeprefix("line")): units for line, units in goods.items()}
    key = str(sorted(goods.items()))
    parcel = service.pack(order=order, goods=positions, actor=EVE, key=key)
    service.ship(order=order, shipment=parcel, tracking=Tracking(), actor=EVE)


def ask_back(order, goods, key="first"):
    return service.request_return(order=order, goods=goods, actor="shopper", why="Wrong", key=key)


def take_back(order, goods, key="first"):
    parcel = ask_back(order, goods, key)
    service.approve(order=order, parcel=parcel, actor=EVE)
    service.receive(order=order, parcel=parcel, goods=None, to_shelf=True, actor=EVE)
    return parcel


def pay_back(order, parcel, minor=None):
    service.refund_return(order=order, parcel=parcel, minor=minor, actor=EVE, why="As agreed")
    deliver_all()


def given_back(shop):
    return sum(amount.minor for amount in shop.refunds.values())


def give_all_back(order):
    service.make_refund(refund=Refund.objects.get().pk)
    service.give_back(order=order)


def refusal(deed, *arguments, **named):
    with pytest.raises(NotAllowed) as refused:
        deed(*arguments, **named)
    return refused.value


def test_paid_order_is_cancelled_with_its_money_and_goods(order, shop):
    service.cancel(order=order, actor=EVE, why="Changed her mind")
    deliver_all()
    found = service.show(order=order)
    assert (found.standing, found.refunded) == ("cancelled", euros("54.90"))
    assert given_back(shop) == 5490
    assert shop.shelf == Counter(MUG=3, PEN=2)
    assert [letter.subject.partition(" H-")[0] for letter in mail.outbox] == [
        "Your order",
        "We have given you €54.90 back for your order",
    ]


@pytest.mark.parametrize("step", ["payments.refund", "stock.cancel", "payments.void"])
@pytest.mark.parametrize("after", [False, True])
def test_crash_while_giving_back_costs_nothing(order, shop, step, after):
    service.cancel(order=order, actor=EVE, why="Changed her mind")
    shop.fault(step, Crash(), after=after)
    with pytest.raises(Crash):
        give_all_back(order)
    deliver_all()
    assert (given_back(shop), shop.shelf) == (5490, Counter(MUG=3, PEN=2))


def test_what_was_sent_is_not_cancelled(order, shop):
    send(order, line1=1)
    refused = refusal(service.cancel, order=order, actor=EVE, why="Too late")
    deliver_all()
    assert refused.refusal is Refusal.SHIPPED
    assert (shop.refunds, Order.objects.get().status) == ({}, "paid")


def test_what_is_packed_has_to_be_unpacked_first(order):
    service.pack(order=order, goods={1: 1}, actor=EVE, key="a")
    refused = refusal(service.cancel, order=order, actor=EVE, why="Too late")
    assert refused.refusal is Refusal.PACKED


def test_some_units_are_cancelled_once(order, shop):
    for _ in range(2):
        service.withdraw(order=order, goods={1: 2}, actor=EVE, why="One is enough", key="a")
    deliver_all()
    assert (given_back(shop), shop.shelf) == (2000, Counter(MUG=2))
    assert shop.sold[order] == Counter(MUG=1, PEN=2)
    assert Line.objects.get(order=order, position=1).cancelled == 2


def test_the_rest_is_cancelled_after_a_part_was_sent(order, shop):
    send(order, line1=3)
    service.withdraw(order=order, goods={2: 2}, actor=EVE, why="Sold out", key="a")
    deliver_all()
    assert service.show(order=order).standing == "shipped"
    assert given_back(shop) == 2000


def test_no_more_is_cancelled_than_is_left(order, shop):
    send(order, line1=2)
    refused = refusal(
        service.withdraw, order=order, goods={1: 2}, actor=EVE, why="Too late", key="a"
    )
    assert (refused.refusal, refused.meta) == (
        Refusal.TOO_MANY,
        {"lines": [{"line": 1, "left": 1}]},
    )


def test_all_units_are_a_cancellation_of_the_whole(order):
    everything = {1: 3, 2: 2}
    refused = refusal(
        service.withdraw, order=order, goods=everything, actor=EVE, why="All", key="a"
    )
    assert refused.refusal is Refusal.NOTHING_LEFT


def edit(order, goods=None, address=None, key="a"):
    return service.preview(order=order, goods=goods or {}, address=address, why="Asked", key=key)


def test_preview_moves_nothing(order, shop):
    looked = edit(order, {1: 1})
    assert (looked.minor, looked.applied_at) == (1000, None)
    deliver_all()
    assert (shop.refunds, Line.objects.get(position=1).cancelled) == ({}, 0)


def test_edit_is_applied_once_to_what_was_looked_at(order, shop):
    version = service.show(order=order).version
    looked = edit(order, {1: 1})
    for _ in range(2):
        service.apply(order=order, edit=looked.pk, version=version, actor=EVE)
    deliver_all()
    assert given_back(shop) == 1000
    other = edit(order, {1: 1}, key="b")
    refused = refusal(service.apply, order=order, edit=other.pk, version=version, actor=EVE)
    assert refused.refusal is Refusal.CHANGED


def test_edit_lets_the_order_go_elsewhere(order):
    found = service.show(order=order)
    moved = type(found.address)("Ada Lovelace", "1 New Street", "Leeds", "GB")
    looked = edit(order, address=moved)
    service.apply(order=order, edit=looked.pk, version=found.version, actor=EVE)
    assert service.show(order=order).address == moved
    abroad = type(moved)("Ada", "1 Rue", "Paris", "FR")
    assert refusal(edit, order, address=abroad, key="b").refusal is Refusal.OTHER_COUNTRY
    assert refusal(edit, order, key="c").refusal is Refusal.NOTHING_CHANGES


def test_money_that_is_not_there_yet_is_given_back_when_it_comes(shop):
    order = bought(shop, method="invoice")
    service.withdraw(order=order, goods={1: 1}, actor=EVE, why="Fewer", key="a")
    deliver_all()
    assert shop.refunds == {}
    service.mark_paid(order=order, actor=EVE, why="On the account")
    deliver_all()
    assert given_back(shop) == 1000


def test_goods_come_back_and_their_money_goes(order, shop):
    send(order, line1=3)
    parcel = take_back(order, {1: 2})
    assert Line.objects.get(position=1).returned == 2
    for _ in range(2):
        pay_back(order, parcel)
        service.shelve(parcel=parcel)
    assert (given_back(shop), shop.shelf) == (2000, Counter(MUG=2))
    found = service.show(order=order)
    assert [each.state for each in found.returns] == [ReturnState.REFUNDED]
    subjects = [letter.subject.partition(" H-")[0] for letter in mail.outbox]
    assert "You can send back goods of your order" in subjects
    assert "We have given you €20.00 back for your order" in subjects


def test_everything_back_is_returned_then_refunded(order, shop):
    send(order, line1=3, line2=2)
    parcel = take_back(order, {1: 3, 2: 2})
    assert service.show(order=order).standing == "returned"
    pay_back(order, parcel)
    service.refund(order=order, minor=490, actor=EVE, why="Sending, too", key="a")
    deliver_all()
    assert service.show(order=order).standing == "refunded"
    assert given_back(shop) == 5490


def test_no_more_comes_back_than_was_sent(order):
    send(order, line1=2)
    assert refusal(ask_back, order, {1: 3}).meta == {"lines": [{"line": 1, "left": 2}]}
    ask_back(order, {1: 2})
    assert refusal(ask_back, order, {1: 1}, "second").refusal is Refusal.TOO_MANY
    assert refusal(ask_back, order, {2: 1}, "third").refusal is Refusal.TOO_MANY


def test_refused_units_may_be_asked_for_again(order):
    send(order, line1=2)
    parcel = ask_back(order, {1: 2})
    service.reject(order=order, parcel=parcel, actor=EVE, why="Worn")
    assert ask_back(order, {1: 2}, "second")


def test_what_did_not_come_may_come_later(order, shop):
    send(order, line1=3)
    parcel = ask_back(order, {1: 3})
    service.approve(order=order, parcel=parcel, actor=EVE)
    service.receive(order=order, parcel=parcel, goods={1: 1}, to_shelf=False, actor=EVE)
    pay_back(order, parcel)
    assert (given_back(shop), shop.shelf) == (1000, Counter())
    assert ask_back(order, {1: 2}, "second")


def test_no_more_is_received_than_was_announced(order):
    send(order, line1=3)
    parcel = ask_back(order, {1: 1})
    service.approve(order=order, parcel=parcel, actor=EVE)
    refused = refusal(
        service.receive, order=order, parcel=parcel, goods={1: 2}, to_shelf=True, actor=EVE
    )
    assert refused.refusal is Refusal.TOO_MANY
    assert Return.objects.get().state == "approved"


def test_a_step_of_a_return_is_not_skipped(order):
    send(order, line1=1)
    parcel = ask_back(order, {1: 1})
    refused = refusal(
        service.receive, order=order, parcel=parcel, goods=None, to_shelf=True, actor=EVE
    )
    assert refused.refusal is Refusal.RETURN_GONE
    refused = refusal(
        service.refund_return, order=order, parcel=parcel, minor=None, actor=EVE, why="Now"
    )
    assert refused.refusal is Refusal.RETURN_GONE


def test_less_than_the_goods_cost_may_be_given_back_and_never_more(order, shop):
    send(order, line1=3)
    parcel = take_back(order, {1: 1})
    refused = refusal(pay_back, order, parcel, 1001)
    assert refused.meta == {"left": {"amount": "10.00", "currency": "EUR"}}
    pay_back(order, parcel, 700)
    assert given_back(shop) == 700


def test_no_more_is_given_back_than_was_paid(order, shop):
    service.refund(order=order, minor=5000, actor=EVE, why="Sorry", key="a")
    refused = refusal(service.refund, order=order, minor=491, actor=EVE, why="More", key="b")
    assert refused.meta == {"left": {"amount": "4.90", "currency": "EUR"}}
    deliver_all()
    assert given_back(shop) == 5000


@pytest.mark.parametrize("minor", [0, -1])
def test_nothing_is_no_refund(order, minor):
    refused = refusal(service.refund, order=order, minor=minor, actor=EVE, why="?", key="a")
    assert refused.refusal is Refusal.TOO_MUCH


def test_key_of_another_refund_is_refused(order):
    service.refund(order=order, minor=100, actor=EVE, why="Sorry", key="a")
    service.refund(order=order, minor=100, actor=EVE, why="Sorry", key="a")
    with pytest.raises(OtherWish):
        service.refund(order=order, minor=200, actor=EVE, why="Sorry", key="a")
    assert Refund.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_32_refunds_at_once_stay_within_what_was_paid(order, shop):
    def attempt(number):
        try:
            service.refund(order=order, minor=1000, actor=EVE, why="Me", key=str(number))
        except NotAllowed:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(32) as pool:
        assert sum(pool.map(attempt, range(32))) == 5
    deliver_all()
    assert given_back(shop) == 5000


@pytest.mark.django_db(transaction=True)
def test_32_returns_at_once_stay_within_what_was_sent(order):
    send(order, line1=3)

    def attempt(number):
        try:
            ask_back(order, {1: 1}, str(number))
        except NotAllowed:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(32) as pool:
        assert sum(pool.map(attempt, range(32))) == 3


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Order, {"refunded": 5491}),
        (Order, {"refunded": -1}),
        (Line, {"returning": 1}),
        (Line, {"returned": 1}),
        (Line, {"credited": 4}),
    ],
)
def test_database_refuses_what_is_too_much(order, model, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**values)


def test_gift_cards_get_back_what_the_payment_did_not_pay(shop):
    card = ids.new()
    shop.budget[str(card)] = 2000
    lines = (cart_line("MUG", 3), cart_line("PEN", 2))
    paid = CardPayment(card, "4242", euros("20.00"), euros("20.00"))
    plain = quote(lines)
    object.__setattr__(plain, "cards", (paid,))
    order = bought(shop, quote=plain)
    service.refund(order=order, minor=4000, actor=EVE, why="Sorry", key="a")
    deliver_all()
    assert (given_back(shop), shop.budget[str(card)]) == (3490, 510)
    service.cancel(order=order, actor=EVE, why="All of it")
    deliver_all()
    assert (given_back(shop), shop.budget[str(card)]) == (3490, 2000)


@given(total=st.integers(0, 10**7), parts=st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_shares_add_up_to_the_cent(total, parts):
    quantity, before, cents = sum(parts), 0, 0
    for units in parts:
        cents += (piece := share(total, quantity, before, units))
        before += units
        assert piece >= 0
    assert cents == total


@given(
    due=st.integers(0, 9999),
    cards=st.lists(st.integers(1, 999), max_size=4),
    cuts=st.lists(st.integers(1, 5000), max_size=9),
)
def test_what_is_split_goes_where_it_came_from(due, cards, cuts):
    paid = [(str(place), amount) for place, amount in enumerate(cards)]
    before, back = 0, Counter()
    for cut in cuts:
        amount = min(cut, due + sum(cards) - before)
        parts = split(amount, before=before, due=due, cards=paid)
        assert parts.to_payment + sum(part for _, part in parts.cards) == amount
        back.update({"payment": parts.to_payment} | dict(parts.cards))
        before += amount
    assert back["payment"] == min(before, due)
    assert all(back[card] <= amount for card, amount in paid)


def test_table_of_returns_leads_forward_only():
    places = list(ReturnState)
    for start, end in product(ReturnState, ReturnState):
        if allowed(RETURN_NEXT, start, end):
            assert places.index(start) < places.index(end)
