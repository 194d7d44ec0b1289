"""Parcels: never more than was bought, each leaves once, and the order follows them."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from commerce import ids
from commerce.events.models import Fact
from commerce.testing import deliver_all

from .. import service
from ..domain import OtherWish
from ..domain.life import (
    DELIVERY_NEXT,
    SHIPMENT_NEXT,
    NotAllowed,
    Refusal,
    Tracking,
    UnknownShipment,
    allowed,
    delivery_of,
)
from ..interface import Delivery, Payment, ShipmentState, Status
from ..models import Line, Order, Shipment
from ..service.pack import step
from .conftest import fill
from .fakes import Crash, cart_line
from .rows import order_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop", "both_ways")]
DHL = Tracking("DHL", "00340434", "https://dhl.example/00340434")
EVE = "staff:eve"


@pytest.fixture
def order(shop):
    """Three mugs and two pens, paid for."""
    wish = fill(shop, lines=(cart_line("MUG", 3), cart_line("PEN", 2)))
    order = service.place(wish=wish, caller="ct:ada", key="first").order
    deliver_all()
    mail.outbox.clear()
    return order


def pack(order, key="first", **goods):
    positions = {int(line.removeprefix("line")): units for line, units in goods.items()}
    return service.pack(order=order, goods=positions, actor=EVE, key=key)


def ship(order, shipment):
    service.ship(order=order, shipment=shipment, tracking=DHL, actor=EVE)


def delivery(order):
    return Order.objects.get(pk=order).delivery


def refusal(deed, *arguments, **named):
    with pytest.raises(NotAllowed) as refused:
        deed(*arguments, **named)
    return refused.value


def test_parcels_leave_one_after_the_other(order, shop):
    first = pack(order, line1=2)
    ship(order, first)
    assert delivery(order) == "part-shipped"
    second = pack(order, "second", line1=1, line2=2)
    ship(order, second)
    assert delivery(order) == "shipped"
    assert sorted(map(sorted, (goods.items() for goods in shop.sent.values()))) == [
        [("MUG", 1), ("PEN", 2)],
        [("MUG", 2)],
    ]
    service.deliver(order=order, shipment=first, actor=EVE)
    assert delivery(order) == "shipped"
    service.deliver(order=order, shipment=second, actor=EVE)
    assert delivery(order) == "delivered"
    assert service.show(order=order).standing == "delivered"


def test_story_tells_who_sent_what(order):
    ship(order, pack(order, line1=3))
    steps = service.show(order=order).history[-2:]
    assert [(step.actor, step.what, step.why) for step in steps] == [
        (EVE, "packed", "1: 3"),
        (EVE, "shipped", "1: DHL 00340434"),
    ]


def test_no_more_is_packed_than_was_bought(order):
    pack(order, line1=2)
    refused = refusal(pack, order, "second", line1=2, line2=1)
    assert refused.refusal is Refusal.TOO_MANY
    assert refused.meta == {"lines": [{"line": 1, "left": 1}]}
    assert list(Line.objects.values_list("packed", flat=True)) == [2, 0]


def test_no_unknown_line_is_packed(order):
    assert refusal(pack, order, line9=1).meta == {"lines": [{"line": 9, "left": 0}]}


@pytest.mark.parametrize(
    "values", [{"packed": 4}, {"packed": 3, "cancelled": 1}, {"packed": 1, "shipped": 2}]
)
def test_database_refuses_a_unit_too_many(order, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.filter(order=order, position=1).update(**values)


@pytest.mark.django_db(transaction=True)
def test_parcels_packed_at_once_hold_what_was_bought(order):
    def attempt(number):
        try:
            return pack(order, f"key {number}", line1=1)
        except NotAllowed:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        packed = [made for made in pool.map(attempt, range(16)) if made]
    assert len(packed) == 3
    assert Line.objects.get(order=order, position=1).packed == 3


@pytest.mark.django_db(transaction=True)
def test_twins_with_one_key_pack_one_parcel(order):
    def attempt(_number):
        try:
            return pack(order, line1=1)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(attempt, range(8)))) == 1
    assert Line.objects.get(order=order, position=1).packed == 1


def test_key_of_another_parcel_is_refused(order):
    pack(order, line1=1)
    with pytest.raises(OtherWish):
        pack(order, line1=2)


def test_goods_leave_the_stock_once(order, shop):
    parcel = pack(order, line1=2)
    for _ in range(2):
        ship(order, parcel)
    deliver_all()
    assert list(shop.sent.values()) == [Counter(MUG=2)]
    assert Line.objects.get(order=order, position=1).shipped == 2


@pytest.mark.parametrize("after", [False, True])
def test_worker_goes_on_where_somebody_broke_off(order, shop, after):
    parcel = pack(order, line1=2)
    shop.fault("stock.ship", Crash(), after=after)
    with pytest.raises(Crash):
        ship(order, parcel)
    assert Shipment.objects.get(pk=parcel).state == "leaving"
    deliver_all()
    assert Shipment.objects.get(pk=parcel).state == "shipped"
    assert list(shop.sent.values()) == [Counter(MUG=2)]
    assert delivery(order) == "part-shipped"


def test_goods_that_are_not_here_stay_packed(order, shop):
    shop.here = Counter(MUG=1)
    parcel = pack(order, line1=2)
    assert refusal(ship, order, parcel).refusal is Refusal.GOODS_MISSING
    assert Shipment.objects.get(pk=parcel).state == "packed"
    shop.here = Counter(MUG=2)
    ship(order, parcel)
    deliver_all()
    assert Shipment.objects.get(pk=parcel).state == "shipped"


def test_unpacked_goods_can_be_packed_anew(order):
    parcel = pack(order, line1=3)
    for _ in range(2):
        service.unpack(order=order, shipment=parcel, actor=EVE, why="Wrong box")
    assert pack(order, "second", line1=3)
    assert refusal(ship, order, parcel).refusal is Refusal.SHIPMENT_GONE


def test_what_has_left_cannot_be_unpacked(order):
    parcel = pack(order, line1=3)
    ship(order, parcel)
    refused = refusal(service.unpack, order=order, shipment=parcel, actor=EVE, why="Oh")
    assert refused.refusal is Refusal.SHIPMENT_GONE


def test_what_was_never_sent_is_not_delivered(order):
    parcel = pack(order, line1=3)
    refused = refusal(service.deliver, order=order, shipment=parcel, actor=EVE)
    assert refused.refusal is Refusal.SHIPMENT_GONE


def test_parcels_of_other_orders_are_unknown(order, shop):
    other = service.place(wish=fill(shop), caller="ct:bob", key="first").order
    parcel = pack(order, line1=1)
    with pytest.raises(UnknownShipment):
        ship(other, parcel)


@pytest.mark.parametrize(
    ("status", "payment", "why"),
    [
        (Status.PLACING, Payment.SECURED, Refusal.OVER),
        (Status.ACCEPTED, Payment.SECURED, Refusal.NOT_READY),
        (Status.PLACED, Payment.SECURED, Refusal.NOT_READY),
        (Status.PLACED, Payment.CAPTURING, Refusal.NOT_READY),
        (Status.PLACED, Payment.REFUSED, Refusal.NOT_READY),
        (Status.CANCELLED, Payment.SECURED, Refusal.OVER),
        (Status.REFUSED, Payment.SECURED, Refusal.OVER),
    ],
)
def test_nothing_is_sent_before_its_money_is_sure(status, payment, why):
    row = order_row(status, payment=payment.value)
    assert refusal(pack, row.pk, line1=1).refusal is why


def test_what_is_paid_by_invoice_is_sent_before_it_is_paid(shop):
    order = service.place(wish=fill(shop, method="invoice"), caller="ct:ada", key="first").order
    deliver_all()
    ship(order, pack(order, line1=2))
    found = service.show(order=order)
    assert (found.status, found.standing) == (Status.PLACED, "shipped")
    service.mark_paid(order=order, actor=EVE, why="On the account")
    found = service.show(order=order)
    assert (found.status, found.standing) == (Status.PAID, "shipped")


def test_what_is_packed_is_not_cancelled(shop):
    order = service.place(wish=fill(shop, method="invoice"), caller="ct:ada", key="first").order
    deliver_all()
    pack(order, line1=1)
    with pytest.raises(service.NotCancellable):
        service.cancel(order=order, actor=EVE, why="Too late")


def test_an_order_on_hold_is_neither_packed_nor_sent(order):
    parcel = pack(order, line1=1)
    for _ in range(2):
        service.hold(order=order, actor=EVE, why="Strange address")
    assert refusal(pack, order, "second", line1=1).refusal is Refusal.ON_HOLD
    assert refusal(ship, order, parcel).refusal is Refusal.ON_HOLD
    service.release_hold(order=order, actor=EVE, why="It is right")
    ship(order, parcel)
    whats = [step.what for step in service.show(order=order).history]
    assert (whats.count("on hold"), whats.count("released")) == (1, 1)


def test_what_has_left_is_not_held_back(order):
    ship(order, pack(order, line1=3, line2=2))
    refused = refusal(service.hold, order=order, actor=EVE, why="Wait")
    assert refused.refusal is Refusal.OVER


def test_shopper_hears_once_what_is_on_its_way(order):
    parcel = pack(order, line1=2)
    ship(order, parcel)
    deliver_all()
    service.mail_shipment(shipment=parcel, kind=service.SHIPPED)
    (letter,) = mail.outbox
    number = Order.objects.get().number
    assert letter.subject == f"Your order {number} is on its way"
    for words in ("2 x A mug", "DHL", "00340434", DHL.link, "The rest of your order", "Dorset"):
        assert words in letter.body
    assert f"/orders/{ids.public('ord', order)}/?key=" in letter.body


def test_letter_speaks_the_shoppers_language(shop):
    wish = fill(shop, locale="fr")
    order = service.place(wish=wish, caller="ct:ada", key="first").order
    deliver_all()
    mail.outbox.clear()
    parcel = pack(order, line1=2)
    ship(order, parcel)
    service.deliver(order=order, shipment=parcel, actor=EVE)
    deliver_all()
    assert [each.subject.partition(" H-")[0] for each in mail.outbox] == [
        "Votre commande",
        "Un colis de votre commande",
    ]
    assert f"/fr/orders/{ids.public('ord', order)}" in mail.outbox[0].body


def test_each_parcel_is_announced(order):
    ship(order, pack(order, line1=3))
    service.deliver(order=order, shipment=Shipment.objects.get().pk, actor=EVE)
    names = list(Fact.objects.order_by("id").values_list("name", flat=True))
    assert names[-3:] == ["orders.ShipmentLeaving", "orders.OrderShipped", "orders.OrderDelivered"]


@pytest.mark.parametrize(("before", "after"), list(product(ShipmentState, ShipmentState)))
def test_parcels_move_along_their_table_only(before, after):
    row = order_row(Status.PAID)
    parcel = Shipment.objects.create(order=row, place=1, key="a", state=before.value)
    assert step(parcel, after) == (after in SHIPMENT_NEXT[before])


@pytest.mark.parametrize(
    ("units", "reached"),
    [
        ({"left": 3, "sent": 0, "back": 0, "underway": True}, Delivery.OPEN),
        ({"left": 1, "sent": 2, "back": 0, "underway": True}, Delivery.PART_SHIPPED),
        ({"left": 1, "sent": 2, "back": 2, "underway": False}, Delivery.PART_SHIPPED),
        ({"left": 0, "sent": 3, "back": 0, "underway": True}, Delivery.SHIPPED),
        ({"left": 0, "sent": 3, "back": 1, "underway": False}, Delivery.DELIVERED),
        ({"left": 0, "sent": 3, "back": 3, "underway": False}, Delivery.RETURNED),
    ],
)
def test_delivery_follows_from_the_goods(units, reached):
    assert delivery_of(**units) is reached


def test_delivery_table_leads_forward_only():
    places = list(Delivery)
    for before, after in product(Delivery, Delivery):
        if allowed(DELIVERY_NEXT, before, after):
            assert places.index(before) < places.index(after)
