import pytest
from django.core import mail

from apps.customers.interface import UnknownCustomer, customers, signed_in
from apps.customers.models import Customer, Letter, Session
from apps.customers.service import letters, passwords, sessions
from apps.customers.tests.conftest import OURS, PASSWORD, join, link_in_mail, sign_in
from commerce import ids

pytestmark = pytest.mark.django_db


def ask(client, page, email):
    return client.post(f"/account/{page}/", {"email": email}, headers=OURS)


def test_a_link_in_a_mail_makes_the_account(client):
    assert ask(client, "register", "Ada@example.com").status_code == 200
    assert not Customer.objects.exists()
    path = link_in_mail()
    assert mail.outbox[0].to == ["Ada@example.com"]
    assert "Create the account" in client.get(path).text
    answer = client.post(path, {"password": PASSWORD, "name": "Ada"}, headers=OURS)
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
    assert Customer.objects.get().guest is False
    assert "Nothing yet." in client.get("/account/").text


def test_a_link_is_good_once(client):
    ask(client, "register", "ada@example.com")
    path = link_in_mail()
    assert client.post(path, {"password": PASSWORD}, headers=OURS).status_code == 302
    again = client.post(path, {"password": "somebody else was here"}, headers=OURS)
    assert again.status_code == 410
    assert client.get(path).status_code == 410


@pytest.mark.parametrize("ticket", ["x", "let_01J9Z0000000000000000000AA.x", "let_", "%00"])
def test_no_link_can_be_made_up(client, ticket):
    assert client.get(f"/account/letter/{ticket}/").status_code in {404, 410}


def test_a_forged_proof_opens_no_letter(client):
    ask(client, "register", "ada@example.com")
    forged = letters.ticket(Letter.objects.get().pk)[:-3] + "AAA"
    assert client.get(f"/account/letter/{forged}/").status_code == 410


def test_a_guests_orders_wait_for_his_account(client):
    guest = customers.recognise(email="ada@example.com", name="Ada", locale="en")
    assert join() == guest
    with pytest.raises(UnknownCustomer):
        customers.shopper(
            customer=customers.recognise(email="bob@example.com", name="", locale="en")
        )


def test_pages_say_the_same_whoever_has_an_account(ada, client):
    for page in ("register", "forgotten"):
        known = ask(client, page, "ada@example.com")
        unknown = ask(client, page, "eve@example.com")
        same = unknown.text.replace("eve@example.com", "ada@example.com")
        assert (known.status_code, known.text) == (200, same)


def test_whoever_registers_twice_gets_the_way_back_in(ada, client):
    ask(client, "register", "ADA@example.com")
    path = link_in_mail()
    assert "You have an account already" in mail.outbox[-1].body
    assert "Save and sign in" in client.get(path).text


def test_nobody_unknown_is_written_to_about_a_password(client):
    ask(client, "forgotten", "eve@example.com")
    with pytest.raises(IndexError):
        link_in_mail()
    assert not Letter.objects.exists()


def test_a_new_password_ends_every_session(ada, client):
    former = sessions.begin(ada)
    family = sessions.begin_family(ada)
    ask(client, "forgotten", "ada@example.com")
    assert client.post(link_in_mail(), {"password": "a quite new sentence"}, headers=OURS)
    assert signed_in(former) is None
    with pytest.raises(passwords.NotRecognised):
        sessions.refreshed(family.refresh)
    with pytest.raises(passwords.NotRecognised):
        passwords.customer_of("ada@example.com", PASSWORD)
    assert passwords.customer_of("ada@example.com", "a quite new sentence") == ada


@pytest.mark.parametrize("password", ["", "short", "password1234", "x" * 1_025])
def test_weak_passwords_are_refused_and_the_link_stays_good(client, password):
    ask(client, "register", "ada@example.com")
    path = link_in_mail()
    assert client.post(path, {"password": password}, headers=OURS).status_code == 422
    assert not Customer.objects.exists()
    assert client.post(path, {"password": PASSWORD}, headers=OURS).status_code == 302


def test_a_letter_is_too_old_after_a_day(client):
    ask(client, "register", "ada@example.com")
    path = link_in_mail()
    Letter.objects.update(expires_at="2026-01-01T00:00:00Z")
    assert client.get(path).status_code == 410
    letters.forget()
    assert not Letter.objects.exists()


@pytest.mark.parametrize("email", ["", "nobody", "a\0@example.com", "x" * 300, "a@b\r\nBcc: c@d.e"])
def test_what_is_no_address_is_told_at_once(client, email):
    assert ask(client, "register", email).status_code == 422
    assert not Letter.objects.exists()


def test_one_connection_asks_for_few_letters(client, settings):
    settings.LIMITS = True
    client.defaults["REMOTE_ADDR"] = "203.0.113.7"
    told = [ask(client, "register", f"p{n}@example.com").status_code for n in range(22)]
    assert told == [200] * 20 + [429] * 2


def test_one_address_gets_few_letters_and_nobody_is_told(client, settings):
    settings.LIMITS = True
    told = {ask(client, "register", "ada@example.com").status_code for _ in range(8)}
    assert told == {200}
    assert Letter.objects.count() == letters.TO_ONE


def test_signs_in_and_out(ada, client):
    answer = sign_in(client)
    assert answer["Location"] == "/account/"
    session = answer.cookies["session"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert client.get("/account/").status_code == 200
    stolen = session.value
    client.post("/account/sign-out/", headers=OURS)
    assert client.get("/account/")["Location"].startswith("/account/sign-in/")
    client.cookies["session"] = stolen
    assert client.get("/account/").status_code == 302
    assert not Session.objects.exists()


def test_every_sign_in_is_a_session_of_its_own(ada, client):
    first = sign_in(client).cookies["session"].value
    second = sign_in(client).cookies["session"].value
    assert first != second
    assert Session.objects.count() == 1


def test_a_session_cannot_be_made_up(ada, bob, client):
    sign_in(client)
    _, _, proof = client.cookies["session"].value.partition(".")
    theirs = Session(customer_id=bob, expires_at="2099-01-01T00:00:00Z")
    theirs.save()
    client.cookies["session"] = f"{ids.public('session', theirs.pk)}.{proof}"
    assert client.get("/account/details/").status_code == 302


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.com", "wrong"),
        ("eve@example.com", PASSWORD),
        ("", ""),
        ("a\0", "\0"),
        ("ada@example.com", "x" * 100_000),
    ],
)
def test_a_refused_sign_in_says_nothing_more(ada, client, email, password):
    answer = sign_in(client, email, password)
    assert answer.status_code == 422
    assert "do not go together" in answer.text
    assert "session" not in answer.cookies


def test_a_guest_has_no_password_to_find(client):
    customers.recognise(email="ada@example.com", name="Ada", locale="en")
    assert sign_in(client, password="").status_code == 422


def test_five_wrong_passwords_then_a_pause(ada, client, settings):
    settings.LIMITS = True
    told = [sign_in(client, password="wrong").status_code for _ in range(7)]
    assert told == [422] * 5 + [429] * 2
    assert sign_in(client).status_code == 429
    assert sign_in(client, "bob@example.com").status_code == 422


def test_an_account_that_is_not_there_is_limited_alike(client, settings):
    settings.LIMITS = True
    told = [sign_in(client, "eve@example.com").status_code for _ in range(6)]
    assert told == [422] * 5 + [429]


def test_a_right_password_wipes_the_slate(ada, client, settings):
    settings.LIMITS = True
    for _ in range(4):
        for _ in range(4):
            assert sign_in(client, password="wrong").status_code == 422
        assert sign_in(client).status_code == 302


def test_a_crowd_reaches_the_hasher_sixty_times_an_hour(ada, client, settings, monkeypatch):
    settings.LIMITS = True
    looked = []
    real = passwords.check_password
    monkeypatch.setattr(
        passwords, "check_password", lambda *told, **more: looked.append(1) or real(*told, **more)
    )
    for number in range(100):
        client.defaults["REMOTE_ADDR"] = f"198.51.{number}.7"
        sign_in(client, password="wrong")
    assert len(looked) <= 60


def test_pages_for_members_lead_through_the_sign_in(ada, client):
    answer = client.get("/account/addresses/")
    assert answer["Location"] == "/account/sign-in/?next=%2Faccount%2Faddresses%2F"
    assert sign_in(client, next="/account/addresses/")["Location"] == "/account/addresses/"


@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example", "javascript:x", "\\\\e"]
)
def test_nobody_is_led_elsewhere(ada, client, place):
    assert sign_in(client, next=place)["Location"] == "/account/"


def test_other_sites_cannot_sign_anybody_in(ada, client):
    form = {"email": "ada@example.com", "password": PASSWORD}
    answer = client.post("/account/sign-in/", form, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert (
        client.get("/account/sign-in/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
    )


def test_over_https_no_other_host_writes_the_cookie(ada, client, settings):
    settings.SESSION_COOKIE_SECURE = True
    cookie = sign_in(client).cookies["__Host-session"]
    assert cookie["secure"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]


def test_staff_are_no_shoppers_and_shoppers_no_staff(ada, client, admin_user):
    assert sign_in(client, admin_user.username, "password").status_code == 422
    sign_in(client)
    assert client.get("/admin/").status_code == 302


def test_asks_once_who_is_signed_in(ada, django_assert_num_queries):
    session = sessions.begin(ada)
    with django_assert_num_queries(1):
        assert customers.signed_in(session=session).email == "ada@example.com"
