"""What merchants see and can do."""

import html
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce import ids
from commerce.events.models import Delivery
from commerce.services import ServiceUnavailable
from commerce.testing import deliver_all

from .. import service
from ..interface import Status
from ..models import Order
from .conftest import fill
from .fakes import Status as Paid
from .rows import order_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shop")]
LIST = "/admin/orders/order/"


@pytest.fixture
def eve(django_user_model, client):
    """Sign in somebody who may see and change orders."""
    user = django_user_model.objects.create_user("eve", password="e", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_order", "change_order"])
    )
    client.force_login(user)
    return user


def page_of(client, order):
    return client.get(reverse("admin:orders_order_change", args=[order])).content.decode()


def act(client, order, action, why="Broken"):
    return client.post(
        reverse(f"admin:orders_order_{action}", args=[order]), {"why": why}, follow=True
    ).content.decode()


def accept(wish):
    return service.place(wish=wish, caller="ct:ada", key=str(wish.cart)).order


def awaited(shop):
    order = accept(fill(shop, method="invoice"))
    service.confirm([order])
    service.capture([order])
    return order


def test_lists_todays_orders_first(client, eve):
    old = order_row(Status.PAID, accepted_at=Now() - timedelta(days=1))
    new = order_row(Status.ACCEPTED)
    attempt = order_row(Status.REFUSED)
    text = client.get(LIST).content.decode()
    assert text.index(new.number) < text.index(old.number)
    assert attempt.number not in text
    assert "€14.90" in text


def test_list_counts_no_rows(client, eve):
    order_row(Status.PAID)
    with CaptureQueriesContext(connection) as asked:
        client.get(LIST)
    assert not [
        query for query in asked if "COUNT(" in query["sql"] and "orders_order" in query["sql"]
    ]


@pytest.mark.parametrize("term", ["{number}", "{digits}", "h-{digits}", "ADA@ex", "ada"])
def test_finds_by_number_and_by_email(client, eve, term):
    order = order_row(Status.PAID)
    other = order_row(Status.PAID, email="bob@example.com")
    term = term.format(number=order.number, digits=order.number[2:])
    text = client.get(LIST, {"q": term}).content.decode()
    assert order.number in text
    assert other.number not in text


def test_page_shows_the_whole_order(client, eve, wish):
    text = page_of(client, accept(wish))
    for piece in ("A mug", "€24.90", "12 Dorset St", "ada@example.com", "test, authorised"):
        assert piece in text
    assert text.index("placing") < text.rindex("accepted")


def test_offers_exactly_what_is_possible_now(client, eve, shop, wish):
    order = accept(wish)
    text = page_of(client, order)
    assert ("Cancel this order" in text, "Mark as paid" in text) == (True, False)
    text = page_of(client, awaited(shop))
    assert ("Cancel this order" in text, "Mark as paid" in text) == (True, True)
    service.confirm([order])
    service.capture([order])
    text = page_of(client, order)
    assert ("Mark as paid" in text, "Pack a parcel" in text) == (False, True)


def test_cancels_with_a_reason_in_the_story(client, eve, wish):
    order = accept(wish)
    text = act(client, order, "cancel", why="Broken in the store")
    assert Order.objects.get().status == Status.CANCELLED.value
    assert "Broken in the store" in text
    assert "staff:eve" in text


def test_marks_an_invoice_as_paid(client, eve, shop):
    order = awaited(shop)
    act(client, order, "mark_paid", why="Transfer of 3 May")
    assert Order.objects.get().status == Status.PAID.value
    assert shop.sessions[shop.bound[order]].status is Paid.CAPTURED


def test_does_nothing_without_a_reason(client, eve, wish):
    assert "give a reason" in act(client, accept(wish), "cancel", why=" ")
    assert Order.objects.get().status == Status.ACCEPTED.value


def test_says_when_it_is_too_late(client, eve, wish):
    order = accept(wish)
    service.confirm([order])
    service.capture([order])
    service.pack(order=order, goods={1: 1}, actor="eve", key="a")
    assert "A parcel is packed" in act(client, order, "cancel")
    assert Order.objects.get().status == Status.PAID.value


def test_silent_payments_change_nothing(client, eve, shop):
    order = awaited(shop)
    shop.fault("payments.settle")
    assert "does not answer" in act(client, order, "mark_paid")
    assert Order.objects.get().status == Status.PLACED.value


def test_page_comes_without_payments(client, eve, shop, wish):
    order = accept(wish)
    shop.fault("payments.session")
    assert "secured" in page_of(client, order)


def test_reading_is_not_acting(client, eve, wish):
    eve.user_permissions.set(Permission.objects.filter(codename="view_order"))
    order = accept(wish)
    assert "Cancel this order" not in page_of(client, order)
    assert client.post(reverse("admin:orders_order_cancel", args=[order])).status_code == 403
    assert Order.objects.get().status == Status.ACCEPTED.value


def test_acts_by_post_only(client, eve, wish):
    order = accept(wish)
    assert client.get(reverse("admin:orders_order_cancel", args=[order])).status_code == 405


@pytest.mark.parametrize("place", ["add/", "{order}/delete/"])
def test_orders_are_neither_made_nor_deleted_here(client, eve, wish, place):
    assert client.get(LIST + place.format(order=accept(wish))).status_code == 403


def test_unknown_order_is_not_found(client, eve):
    assert client.get(reverse("admin:orders_order_change", args=[ids.new()])).status_code == 404


def test_finds_by_the_id_the_api_writes(client, eve):
    order, other = order_row(Status.PAID), order_row(Status.PAID)
    text = client.get(LIST, {"q": ids.public("ord", order.pk)}).content.decode()
    assert order.number in text
    assert other.number not in text


def test_first_page_tells_of_today_and_leads_to_what_waits(client, eve):
    paid, awaited = order_row(Status.PAID), order_row(Status.PLACED, payment="awaited")
    text = client.get("/admin/").content.decode()
    assert "€29.80" in text
    assert reverse("admin:orders_order_change", args=[paid.pk]) in text
    [place] = re.findall(r'href="([^"]+payment__in[^"]+)"', text)
    waiting = client.get(html.unescape(place)).content.decode()
    assert awaited.number in waiting
    assert paid.number not in waiting


def test_first_page_keeps_orders_from_who_may_not_see_them(client, eve):
    order = order_row(Status.PAID)
    eve.user_permissions.clear()
    assert order.number not in client.get("/admin/").content.decode()


def saga_of(client, order):
    """Read the steps on an order's page: what each line says, tags left out."""
    text = page_of(client, order)
    text = text[text.index("Its way, step by step") : text.index("The whole story")]
    rows = re.findall(r"<tr.*?</tr>", text, flags=re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", each)).split()) for each in rows]


def test_shows_each_step_done_and_beside_it_its_undoing(client, eve, shop):
    order = accept(fill(shop))
    deliver_all()
    steps = saga_of(client, order)
    assert any(
        "Set the goods aside done" in each and "Put the goods back" in each for each in steps
    )
    assert any("Take the order's money. done" in each for each in steps)
    assert not any("waiting" in each for each in steps)


def test_says_which_step_waits_how_often_it_was_tried_and_why(client, eve, shop):
    order = accept(fill(shop))
    service.confirm([order])
    shop.fault("payments.capture", ServiceUnavailable(reason="no line"))
    with pytest.raises(ServiceUnavailable):
        deliver_all()
    [step] = [each for each in saga_of(client, order) if "Take the order's money." in each]
    assert "waiting" in step
    assert "1 Whoever was asked did not answer in time. (reason='no line')" in step


def test_dead_step_leads_to_its_delivery_for_who_may_see_it(client, eve, shop):
    order = accept(fill(shop))
    Delivery.objects.update(died_at=Now(), attempts=12)
    [step] = [each for each in saga_of(client, order) if "Turn the accepted order" in each]
    place = reverse("admin:events_delivery_change", args=[Delivery.objects.get().pk])
    assert "given up" in step
    assert place not in page_of(client, order)
    eve.user_permissions.add(Permission.objects.get(codename="view_delivery"))
    assert place in page_of(client, order)


def test_cancelled_order_shows_what_is_undone(client, eve, shop):
    order = accept(fill(shop))
    service.cancel(order=order, actor="eve", why="Wrong size")
    assert any("Set the goods aside waiting" in each for each in saga_of(client, order))
    deliver_all()
    assert any("Set the goods aside undone" in each for each in saga_of(client, order))
