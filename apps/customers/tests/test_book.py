from uuid import uuid4

import pytest

from apps.customers.interface import Address, UnknownCustomer, customers
from apps.customers.models import Place
from apps.customers.service import book
from apps.customers.tests.conftest import OURS, sign_in
from commerce import ids

pytestmark = pytest.mark.django_db
PARIS = Address("Ada Martin", "12 rue des Halles", "Paris", "FR", "75001")
LYON = Address("Ada Martin", "1 rue de la Ré", "Lyon", "FR", "69002")
FORM = vars(PARIS)


def test_the_first_address_is_offered_at_the_checkout(ada):
    book.add_place(ada, PARIS)
    book.add_place(ada, LYON)
    assert customers.shopper(customer=ada).address == PARIS


def test_one_address_is_preferred(ada):
    book.add_place(ada, PARIS)
    lyon = book.add_place(ada, LYON, preferred=True)
    assert customers.shopper(customer=ada).address == LYON
    book.remove_place(ada, lyon.pk)
    assert customers.shopper(customer=ada).address == PARIS


def test_nobody_keeps_more_than_fifty(ada):
    for _ in range(book.MOST):
        book.add_place(ada, PARIS)
    with pytest.raises(book.TooMany):
        book.add_place(ada, PARIS)


def test_an_address_is_changed_as_it_was_seen(ada):
    place = book.add_place(ada, PARIS)
    assert book.change_place(ada, place.pk, LYON, expected=1).version == 2
    with pytest.raises(book.Stale):
        book.change_place(ada, place.pk, PARIS, expected=1)


def test_the_address_book_is_nobody_elses(ada, bob, client):
    place = book.add_place(bob, PARIS)
    sign_in(client)
    path = f"/account/addresses/{ids.public('adr', place.pk)}/"
    assert client.get(path).status_code == 404
    assert client.post(path, FORM, headers=OURS).status_code == 404
    client.post(f"{path}remove/", headers=OURS)
    assert Place.objects.get().customer_id == bob


def test_pages_keep_addresses(ada, client):
    sign_in(client)
    wrong = client.post("/account/addresses/", FORM | {"postal_code": "1"}, headers=OURS)
    assert wrong.status_code == 422
    assert "12 rue des Halles" in wrong.text
    client.post("/account/addresses/", FORM, headers=OURS)
    path = f"/account/addresses/{ids.public('adr', Place.objects.get().pk)}/"
    assert "12 rue des Halles" in client.get("/account/addresses/").text
    client.post(path, FORM | {"city": "Lutetia"}, headers=OURS)
    assert "Lutetia" in client.get(path).text
    client.post(f"{path}remove/", headers=OURS)
    assert not Place.objects.exists()


def test_pages_keep_name_and_language(ada, client):
    sign_in(client)
    form = {"name": " Ada\0 Lovelace", "locale": "fr"}
    client.post("/account/details/", form, headers=OURS)
    found = customers.shopper(customer=ada)
    assert (found.name, found.locale) == ("Ada Lovelace", "fr")


@pytest.mark.usefixtures("both_ways")
def test_the_live_cart_is_kept_by_comparing(ada):
    one, other = uuid4(), uuid4()
    assert customers.keep_cart(customer=ada, cart=one, former=None) == one
    assert customers.keep_cart(customer=ada, cart=one, former=None) == one
    assert customers.keep_cart(customer=ada, cart=other, former=None) == one
    assert customers.keep_cart(customer=ada, cart=other, former=one) == other
    assert customers.shopper(customer=ada).cart == other
    with pytest.raises(UnknownCustomer):
        customers.keep_cart(customer=uuid4(), cart=one, former=None)
