"""Staff sign in once, and guessing is slow."""

import pytest
from django.contrib.auth import get_user_model

from commerce.redis import client as redis_client

pytestmark = pytest.mark.django_db
DOOR = "/admin/login/"
RIGHT, WRONG = "a good long password", "guess"


@pytest.fixture(autouse=True)
def olive(settings):
    settings.LIMITS = True
    return get_user_model().objects.create_user("olive", password=RIGHT, is_staff=True)


def sign_in(client, password, name="olive", **extra):
    return client.post(DOOR, {"username": name, "password": password, "next": "/admin/"}, **extra)


def guess(client, times, **extra):
    for _ in range(times):
        assert "correct username and password" in sign_in(client, WRONG, **extra).text


def test_five_wrong_passwords_shut_the_door_even_to_the_right_one(client):
    guess(client, 5)
    page = sign_in(client, RIGHT)
    assert "Too many wrong passwords. Please try again in 3 minutes." in page.text
    assert "_auth_user_id" not in client.session


def test_door_opens_again_after_the_wait(client):
    guess(client, 5)
    [bucket] = redis_client("throttles").keys("signin:*")
    redis_client("throttles").hincrbyfloat(bucket, "at", -180)
    assert sign_in(client, RIGHT).status_code == 302


def test_right_password_wipes_the_slate(client):
    guess(client, 4)
    assert sign_in(client, RIGHT).status_code == 302
    client.logout()
    guess(client, 5)


def test_others_may_still_sign_in(client):
    guess(client, 5)
    get_user_model().objects.create_user("paul", password=RIGHT, is_staff=True)
    assert sign_in(client, RIGHT, name="paul").status_code == 302


def test_guesses_elsewhere_do_not_lock_olive_out(client):
    guess(client, 5, REMOTE_ADDR="203.0.113.9")
    assert sign_in(client, RIGHT).status_code == 302


def test_capitals_make_no_new_account_to_guess_at(client):
    for name in ("olive", "Olive", "OLIVE", "oLive", "olivE"):
        sign_in(client, WRONG, name=name)
    assert "Too many" in sign_in(client, RIGHT).text


def test_session_is_a_new_one_after_signing_in(client):
    before = client.session
    before["cart"] = "kept"
    before.save()
    sign_in(client, RIGHT)
    assert client.session["cart"] == "kept"
    assert client.session.session_key != before.session_key


def test_shoppers_with_an_account_are_no_staff(client):
    get_user_model().objects.create_user("sam", password=RIGHT)
    assert sign_in(client, RIGHT, name="sam").status_code == 200
    assert "_auth_user_id" not in client.session
