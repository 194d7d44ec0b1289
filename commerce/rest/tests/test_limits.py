"""Callers who ask too often are told to wait; others do not notice."""

import pytest
import redis

from commerce.redis import client, lines
from commerce.rest import throttles

REFUSE = "/api/mugs/v1/refuse"
PAGE = "/api/mugs/v1/corner"
STRANGER = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.LIMITS = True
    settings.RATE_LIMITS = {"read": 3, "write": 3, "hold": 3, "login": 2}


@pytest.fixture
def redis_is_away(monkeypatch):
    def refuse(*args, **kwargs):
        raise redis.ConnectionError("refused")

    monkeypatch.setattr(lines("throttles"), "ask_all", refuse)


def statuses(api, times, path=PAGE, **extra):
    return [api.client.get(path, **STRANGER | extra).status_code for _ in range(times)]


def test_bucket_runs_dry_and_says_when_to_come_back(api):
    assert statuses(api, 3) == [200, 200, 200]
    answer = api.client.get(PAGE, **STRANGER)
    assert (answer.status_code, answer.json()["code"]) == (429, "rate-limited")
    assert answer.headers["Retry-After"] == str(answer.json()["retry_after"]) == "20"
    assert answer.headers["RateLimit-Policy"] == '"read";q=3;w=60'
    assert answer.headers["RateLimit"].startswith('"read";r=0;t=')


@pytest.mark.django_db
def test_answer_says_what_is_left(api, publishable):
    headers = {"X-Api-Key": publishable}
    answer = api.client.get("/api/mugs/v1/mugs", headers=headers, **STRANGER)
    assert answer.headers["RateLimit"] == '"read";r=2;t=20'


def test_bucket_fills_again(api):
    statuses(api, 4)
    [bucket] = client("throttles").keys()
    client("throttles").hincrbyfloat(bucket, "at", -20)
    assert statuses(api, 2) == [200, 429]


def test_callers_do_not_share_a_bucket(api):
    statuses(api, 4)
    assert statuses(api, 1, REMOTE_ADDR="203.0.113.8") == [200]


def test_invented_forwarding_header_makes_no_new_caller(api):
    tries = [statuses(api, 1, HTTP_X_FORWARDED_FOR=f"198.51.100.{n}") for n in range(4)]
    assert tries[-1] == [429]


def test_trusted_proxy_tells_callers_apart(api, settings):
    settings.TRUSTED_PROXIES = 1
    spoofed = [statuses(api, 1, HTTP_X_FORWARDED_FOR=f"10.0.0.{n}, 198.51.100.1") for n in range(4)]
    assert spoofed[-1] == [429]
    assert statuses(api, 1, HTTP_X_FORWARDED_FOR="198.51.100.2") == [200]


@pytest.mark.usefixtures("redis_is_away")
def test_limits_hold_while_redis_is_away(api):
    assert statuses(api, 4) == [200, 200, 200, 429]


@pytest.mark.usefixtures("redis_is_away")
def test_silent_redis_is_left_alone_for_a_moment(api):
    statuses(api, 1)
    assert throttles.local.in_charge


@pytest.mark.django_db
def test_guessing_keys_is_limited_by_address(api):
    guesses = [
        api.client.get("/api/mugs/v1/mugs", headers={"X-Api-Key": f"pk_{n}"}, **STRANGER)
        for n in range(3)
    ]
    assert [answer.status_code for answer in guesses] == [401, 401, 429]


def test_limits_can_be_switched_off(api, settings):
    settings.LIMITS = False
    assert set(statuses(api, 5)) == {200}


def test_machine_itself_has_a_hundred_times_as_much(api):
    assert set(statuses(api, 20, REMOTE_ADDR="127.0.0.1")) == {200}


def test_the_first_twentieth_asks_nobody_and_counts_all_the_same(api, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"read": 40}
    throttles.unasked.until = 0.0
    assert statuses(api, 2) == [200, 200]
    assert client("throttles").keys() == []
    assert statuses(api, 39) == [200] * 38 + [429]


def test_logins_are_all_counted(settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"login": 40}
    assert throttles.free_of("login", 40) == 0
