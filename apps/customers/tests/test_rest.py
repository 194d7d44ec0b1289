from datetime import timedelta

import jwt
import pytest
import time_machine
from django.core import mail
from django.test import Client

from apps.customers.models import Group, Session
from apps.customers.service import sessions
from apps.customers.tests.conftest import PASSWORD, bearer, grant, link_in_mail
from commerce import clock, ids
from commerce.proof import prove
from commerce.rest import tokens as signed

pytestmark = pytest.mark.django_db
API = "/api/customers/v1"
PARIS = {
    "name": "Ada Martin",
    "line1": "12 rue des Halles",
    "postal_code": "75001",
    "city": "Paris",
    "country": "FR",
}


def post(client, path, body, headers):
    return client.post(f"{API}/{path}", body, "application/json", headers=headers)


def refresh(client, pk, tokens):
    body = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    return post(client, "tokens", body, pk)


def test_registers_by_mail_and_is_signed_in(client, pk):
    answer = post(client, "customers", {"email": "ada@example.com"}, pk)
    assert (answer.status_code, answer.json()) == (202, {"email": "ada@example.com"})
    token = link_in_mail().rstrip("/").rpartition("/")[2]
    body = {"password": PASSWORD, "name": "Ada"}
    tokens = post(client, f"password-resets/{token}/confirm", body, pk).json()
    me = client.get(f"{API}/customers/me", headers=bearer(tokens))
    assert me.json()["email"] == "ada@example.com"
    assert post(client, f"password-resets/{token}/confirm", body, pk).status_code == 410
    assert grant(client, pk)["token_type"] == "Bearer"


def test_answers_the_same_whoever_has_an_account(ada, client, pk):
    for path in ("customers", "password-resets"):
        known = post(client, path, {"email": "ada@example.com"}, pk)
        unknown = post(client, path, {"email": "eve@example.com"}, pk)
        assert known.status_code == unknown.status_code == 202
        assert known.json().keys() == unknown.json().keys()


@pytest.mark.parametrize(
    "body",
    [
        {"email": "nobody"},
        {"email": "a\0@example.com"},
        {"email": ""},
        {"email": "a@example.com", "locale": "xx"},
        {"email": "a@example.com", "is_staff": True},
        {"email": None},
    ],
)
def test_refuses_what_cannot_be_written_to(client, pk, body):
    assert post(client, "customers", body, pk).status_code == 422
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"grant_type": "password", "email": "ada@example.com", "password": "wrong"}, 401),
        ({"grant_type": "password", "email": "eve@example.com", "password": PASSWORD}, 401),
        ({"grant_type": "password", "email": "a\0b", "password": "\0"}, 422),
        ({"grant_type": "password", "email": "ada@example.com"}, 422),
        ({"grant_type": "password", "email": "a@b.c", "password": "x" * 1_025}, 422),
        ({"grant_type": "refresh_token"}, 422),
        ({"grant_type": "refresh_token", "refresh_token": "x.y.z"}, 401),
        ({"grant_type": "magic"}, 422),
        ({}, 422),
    ],
)
def test_bad_grants_are_refused(ada, client, pk, body, status):
    assert post(client, "tokens", body, pk).status_code == status


def test_a_refresh_token_is_good_once(ada, client, pk):
    first = grant(client, pk)
    second = refresh(client, pk, first).json()
    assert second["refresh_token"] != first["refresh_token"]
    third = refresh(client, pk, second)
    assert third.status_code == 200
    assert client.get(f"{API}/customers/me", headers=bearer(third.json())).status_code == 200


def test_a_stolen_refresh_token_ends_its_family(ada, client, pk):
    first = grant(client, pk)
    others = grant(client, pk)
    thiefs = refresh(client, pk, first).json()
    assert refresh(client, pk, first).status_code == 401
    assert refresh(client, pk, thiefs).status_code == 401
    assert refresh(client, pk, others).status_code == 200


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_refresh_token_cannot_be_made_up(ada, client, pk, place):
    tokens = grant(client, pk)
    parts = tokens["refresh_token"].split(".")
    forged = [*parts]
    forged[place] = (
        "2" if place == 1 else parts[place][:-1] + ("A" if parts[place][-1] != "A" else "B")
    )
    assert refresh(client, pk, {"refresh_token": ".".join(forged)}).status_code == 401
    assert refresh(client, pk, tokens).status_code == 200


def test_refresh_tokens_end_with_their_session(ada, client, pk):
    tokens = grant(client, pk)
    Session.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert refresh(client, pk, tokens).status_code == 401
    sessions.forget()
    assert not Session.objects.exists()


def test_signing_out_ends_the_family(ada, client, pk):
    tokens = grant(client, pk)
    assert client.delete(f"{API}/tokens/current", headers=bearer(tokens)).status_code == 204
    assert refresh(client, pk, tokens).status_code == 401


def test_a_browsers_session_is_no_refresh_token(ada, client, pk):
    session = sessions.begin(ada)
    forged = f"{ids.public('ses', session)}.1.{prove('session', session)}"
    assert refresh(client, pk, {"refresh_token": forged}).status_code == 401


def test_an_access_token_is_good_for_ten_minutes(ada, client, pk):
    tokens = grant(client, pk)
    assert tokens["expires_in"] == 600
    with time_machine.travel(clock.now() + timedelta(seconds=595), tick=False):
        assert client.get(f"{API}/customers/me", headers=bearer(tokens)).status_code == 200
    with time_machine.travel(clock.now() + timedelta(seconds=660), tick=False):
        answer = client.get(f"{API}/customers/me", headers=bearer(tokens))
    assert (answer.status_code, answer.json()["code"]) == (401, "token-expired")


def test_anybody_can_check_a_token_by_the_published_keys(ada, client, pk):
    tokens = grant(client, pk)
    [key] = client.get(f"{API}/jwks").json()["keys"]
    assert "d" not in key
    said = jwt.decode(
        tokens["access_token"], jwt.PyJWK(key), algorithms=["ES256"], audience="customer"
    )
    assert said["sub"].startswith("cus_")


def forgeries(good: str, customer) -> list[str]:
    """Write tokens that must not be believed."""
    key = signed.signing_keys()[0]
    said = jwt.decode(good, options={"verify_signature": False})
    head, body, mark = good.split(".")
    other = signed.key_of("another secret")
    public = signed.hashlib.sha256(key.name.encode()).hexdigest()
    names = {"kid": key.name}
    wrong = [{"aud": "vendor"}, {"iss": "https://evil.example"}, {"sub": "cus_x"}, {"sub": 1}]
    wrong += [{"groups": "vip"}, {"groups": [1]}, {"exp": 1}, {"exp": "x"}, {"sid": "no"}]
    changed = [jwt.encode(said | w, key.private, "ES256", names) for w in wrong]
    missing = [
        jwt.encode({k: v for k, v in said.items() if k != gone}, key.private, "ES256", names)
        for gone in signed.WANTED
    ]
    return [
        *changed,
        *missing,
        jwt.encode(said, None, "none", names),
        jwt.encode(said, public, "HS256", names),
        jwt.encode(said, other.private, "ES256", names),
        jwt.encode(said, other.private, "ES256", {"kid": other.name}),
        jwt.encode(said, key.private, "ES256"),
        jwt.encode(said, key.private, "ES256", {"kid": "../../dev/null"}),
        jwt.encode(said, key.private, "ES256", {"kid": key.name, "jku": "https://evil"}) + "x",
        f"{head}.{body}.",
        f"{head}.{body[:-2]}.{mark}",
        f"{body}.{head}.{mark}",
        "eyJ.eyJ.x",
        "..",
        "é.é.é",
        "x" * 10_000,
    ]


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_no_forged_token_is_believed(ada, client, pk):
    good = grant(client, pk)["access_token"]
    for token in forgeries(good, ada):
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.get(f"{API}/customers/me", headers=headers)
        assert answer.status_code == 401, token


def test_tokens_of_an_earlier_secret_are_good_while_it_is_accepted(ada, client, pk, settings):
    tokens = grant(client, pk)
    former = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new secret", [former]
    assert client.get(f"{API}/customers/me", headers=bearer(tokens)).status_code == 200
    assert len(client.get(f"{API}/jwks").json()["keys"]) == 2
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(f"{API}/customers/me", headers=bearer(tokens)).status_code == 401


def test_a_token_is_checked_without_asking_anybody(ada, client, pk, django_assert_num_queries):
    token = grant(client, pk)["access_token"]
    with django_assert_num_queries(0):
        assert signed.read(token).customer == ada


def test_a_token_names_the_groups(ada, client, pk):
    Group.objects.create(code="wholesale", name="Wholesale").customers.add(ada)
    assert signed.read(grant(client, pk)["access_token"]).groups == ("wholesale",)


def test_changes_the_profile_as_it_was_seen(ada, client, pk):
    headers = bearer(grant(client, pk))
    me = f"{API}/customers/me"
    seen = client.get(me, headers=headers)
    change = {"name": "Ada L.", "locale": "fr"}
    fresh = headers | {"If-Match": seen["ETag"]}
    assert client.patch(me, change, "application/json", headers=headers).status_code == 428
    answer = client.patch(me, change, "application/json", headers=fresh)
    assert (answer.status_code, answer.json()["name"]) == (200, "Ada L.")
    assert client.patch(me, change, "application/json", headers=fresh).status_code == 412
    for bad in (
        {"email": "eve@example.com"},
        {"groups": ["vip"]},
        {"guest": True},
        {"locale": "x"},
    ):
        now = headers | {"If-Match": answer["ETag"]}
        assert client.patch(me, bad, "application/json", headers=now).status_code == 422


def test_keeps_an_address_book(ada, bob, client, pk):
    mine = bearer(grant(client, pk))
    made = post(client, "customers/me/addresses", PARIS, mine)
    assert (made.status_code, made.json()["preferred"]) == (201, True)
    place = made["Location"]
    fresh = mine | {"If-Match": made["ETag"]}
    changed = client.patch(place, {"city": "Lutetia"}, "application/json", headers=fresh)
    assert changed.json()["address"]["city"] == "Lutetia"
    assert changed.json()["address"]["line1"] == PARIS["line1"]
    assert client.patch(place, {}, "application/json", headers=fresh).status_code == 412
    theirs = bearer(grant(Client(), pk, "bob@example.com")) | {"If-Match": changed["ETag"]}
    assert client.get(place, headers=theirs).status_code == 404
    assert client.patch(place, {}, "application/json", headers=theirs).status_code == 404
    assert client.delete(place, headers=theirs).status_code == 404
    del theirs["If-Match"]
    assert client.get(f"{API}/customers/me/addresses", headers=theirs).json() == {"data": []}
    gone = client.delete(place, headers=mine | {"If-Match": changed["ETag"]})
    assert gone.status_code == 204
    assert client.get(place, headers=mine).status_code == 404


@pytest.mark.parametrize(
    "change", [{"postal_code": "1"}, {"country": "ZZ"}, {"city": "\0"}, {"name": ""}, {"x": 1}]
)
def test_refuses_what_is_no_address(ada, client, pk, change):
    answer = post(client, "customers/me/addresses", PARIS | change, bearer(grant(client, pk)))
    assert answer.status_code == 422


def test_guessing_is_limited_before_it_is_looked_at(ada, client, pk, settings):
    settings.LIMITS = True
    body = {"grant_type": "password", "email": "ada@example.com", "password": "wrong"}
    told = [post(client, "tokens", body, pk).status_code for _ in range(7)]
    assert told == [401] * 5 + [429] * 2
