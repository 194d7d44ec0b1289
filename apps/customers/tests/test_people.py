from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from apps.customers.interface import customers, signed_in
from apps.customers.models import Customer, Group
from apps.customers.service import sessions


def recognise(email="ada@example.com", name="Ada"):
    return customers.recognise(email=email, name=name, locale="fr")


@pytest.mark.django_db
@pytest.mark.usefixtures("both_ways")
def test_remembers_somebody_new_as_a_guest():
    ada = Customer.objects.get(pk=recognise(email=" Ada@Example.com "))
    assert (ada.email, ada.name, ada.locale, ada.guest) == ("Ada@Example.com", "Ada", "fr", True)
    assert ada.first_seen is not None


@pytest.mark.django_db
@pytest.mark.usefixtures("both_ways")
def test_knows_the_same_person_by_any_capitals():
    assert recognise() == recognise(email="ADA@EXAMPLE.COM", name="A. Martin")
    assert Customer.objects.get().name == "Ada"


@pytest.mark.django_db
def test_learns_a_name_it_did_not_know():
    assert recognise(name="") == recognise(name="Ada")
    assert Customer.objects.get().name == "Ada"


@pytest.mark.django_db
def test_recognises_in_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        recognise()


@pytest.mark.django_db
def test_database_keeps_one_person_per_address():
    recognise()
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.create(email="Ada@example.com", locale="en")


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_are_one_person():
    def meet(number):
        try:
            return recognise(email="ada@example.com" if number % 2 else "ADA@example.com")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        met = set(pool.map(meet, range(8)))
    assert met == {Customer.objects.get().pk}


@pytest.mark.django_db
def test_admin_finds_people_by_beginnings(admin_client):
    recognise()
    recognise(email="bob@example.com", name="Robert")
    page = "/admin/customers/customer/"
    assert "ada@example.com" in admin_client.get(page, {"q": "AD"}).text
    assert "bob@example.com" in admin_client.get(page, {"q": "rob"}).text
    assert "ada@example.com" not in admin_client.get(page, {"q": "rob"}).text
    assert admin_client.get(f"{page}{Customer.objects.first().pk}/change/").status_code == 200
    assert admin_client.get(f"{page}add/").status_code == 403


@pytest.mark.django_db
def test_merchants_put_customers_in_groups(ada, admin_client):
    add = {"code": "wholesale", "name": "Wholesale"}
    assert admin_client.post("/admin/customers/group/add/", add).status_code == 302
    group = Group.objects.get()
    page = f"/admin/customers/customer/{ada}/change/"
    assert admin_client.post(page, {"name": "Ada", "groups": [group.pk]}).status_code == 302
    assert customers.shopper(customer=ada).groups == ("wholesale",)
    renamed = {"code": "other", "name": "Trade"}
    admin_client.post(f"/admin/customers/group/{group.pk}/change/", renamed)
    group.refresh_from_db()
    assert (group.code, group.name) == ("wholesale", "Trade")


@pytest.mark.django_db
def test_merchants_cannot_become_a_customer(ada, admin_client):
    page = f"/admin/customers/customer/{ada}/change/"
    kept = Customer.objects.get()
    assert kept.password not in admin_client.get(page).text
    form = {"name": "Ada", "email": "eve@example.com", "password": "x", "guest": "on"}
    admin_client.post(page, form)
    found = Customer.objects.get()
    assert (found.email, found.password, found.guest) == (kept.email, kept.password, False)
    assert admin_client.post(f"/admin/customers/customer/{ada}/delete/").status_code == 403


@pytest.mark.django_db
def test_merchants_sign_customers_out(ada, admin_client):
    session = sessions.begin(ada)
    form = {"action": "sign_out", "_selected_action": [str(ada)]}
    assert admin_client.post("/admin/customers/customer/", form).status_code == 302
    assert signed_in(session) is None
