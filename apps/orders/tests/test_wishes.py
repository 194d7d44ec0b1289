"""Shoppers cancel and send back on the order's page, with nothing but forms."""

import pytest
from django.core import mail
from django.utils import translation

from commerce import ids
from commerce.testing import deliver_all

from .. import service
from ..domain.life import Tracking
from ..interface import Status
from ..models import Line, Return
from .test_papers import bought

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
EVE = "staff:eve"
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def order(shop):
    return bought(shop)


def send(order, goods):
    parcel = service.pack(order=order, goods=goods, actor=EVE, key=str(goods))
    service.ship(order=order, shipment=parcel, tracking=Tracking(), actor=EVE)
    deliver_all()


def ask(client, order, wish, fields, headers=OURS):
    return client.post(service.order_path(order, f"order-{wish}"), fields, headers=headers)


def page(client, order):
    return client.get(service.order_path(order)).content.decode()


def test_a_shopper_cancels_what_was_not_sent(client, order, shop):
    assert "Cancel this order" in page(client, order)
    for _ in range(2):
        answer = ask(client, order, "cancel", {"why": ""})
        assert (answer.status_code, answer["Location"]) == (302, service.order_path(order))
    deliver_all()
    found = service.show(order=order)
    assert (found.status, found.refunded) == (Status.CANCELLED, found.grand)
    assert "This order was cancelled" in page(client, order)
    assert "Cancel this order" not in page(client, order)


def test_what_has_left_is_not_cancelled_but_sent_back(client, order, shop):
    send(order, {1: 3})
    assert "Cancel this order" not in page(client, order)
    answer = ask(client, order, "cancel", {})
    assert answer.status_code == 422
    assert "you can send it back" in answer.content.decode()
    fields = {"line-1": "2", "line-2": "0", "why": "Too small", "once": "a"}
    for _ in range(2):
        assert ask(client, order, "return", fields).status_code == 302
    assert (Return.objects.count(), Line.objects.get(position=1).returning) == (1, 2)
    assert "You have asked for it" in page(client, order)
    assert shop.refunds == {}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"line-1": "4", "why": "x"}, "cannot send back as many"),
        ({"line-2": "1", "why": "x"}, "cannot send back as many"),
        ({"line-1": "0", "why": "x"}, "how many"),
        ({"line-1": "1", "why": "  "}, "what is wrong"),
        ({"line-1": "-1", "why": "x"}, "whole numbers"),
        ({"line-1": "1" * 40, "why": "x"}, "whole numbers"),
    ],
)
def test_no_more_comes_back_than_was_sent(client, order, fields, words):
    send(order, {1: 3})
    answer = ask(client, order, "return", fields | {"once": "a"})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Return.objects.exists()


@pytest.mark.parametrize("wish", ["cancel", "return"])
def test_nobody_else_asks(client, order, wish):
    assert ask(client, order, wish, {}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    place = f"/orders/{ids.public('ord', order)}/{wish}{'s' if wish == 'return' else ''}/"
    assert client.post(f"{place}?key=guess", headers=OURS).status_code == 404
    assert client.get(service.order_path(order, f"order-{wish}")).status_code == 405
    assert service.show(order=order).status is Status.PAID


def test_the_forms_speak_french(client, order):
    with translation.override("fr"):
        page, wish = service.order_path(order), service.order_path(order, "order-return")
    assert "Annuler cette commande" in client.get(page).content.decode()
    assert "combien" in client.post(wish, headers=OURS).content.decode()


def test_the_shopper_hears_of_an_approved_return(client, order):
    send(order, {1: 3})
    ask(client, order, "return", {"line-1": "1", "why": "Too small", "once": "a"})
    mail.outbox.clear()
    service.approve(order=order, parcel=Return.objects.get().pk, actor=EVE)
    deliver_all()
    assert [letter.subject for letter in mail.outbox] != []
    assert "Write this number on the parcel" in page(client, order)
