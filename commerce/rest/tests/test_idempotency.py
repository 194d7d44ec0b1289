"""One effect for each Idempotency-Key, however often and however simultaneously it is sent."""

import threading
import time
from collections import Counter
from contextlib import contextmanager

import pytest
import redis as redis_py
from django.db import OperationalError

from commerce.redis import client, lines
from commerce.rest.problems import Problem
from commerce.rest.tests.shop import till

ORDER = {"lines": [{"sku": "MUG"}]}
ORDERS = "/api/mugs/v1/corner/orders"


@pytest.fixture
def redis_is_away(monkeypatch):
    def refuse(*args, **kwargs):
        raise redis_py.ConnectionError("refused")

    monkeypatch.setattr(lines("idempotency"), "ask_all", refuse)


def together(api, path, times, *, hold):
    """Send one request many times at once; `hold` keeps the view busy until all but one ended."""
    answers = []
    start = threading.Barrier(times)

    def send():
        start.wait()
        answers.append(api.post(path, ORDER, Idempotency_Key="k"))

    if hold:
        till.gate.clear()
    threads = [threading.Thread(target=send) for _ in range(times)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 3
    while hold and len(answers) < times - 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    till.gate.set()
    for thread in threads:
        thread.join()
    return answers


def test_seven_twins_wait_for_the_eighth(api):
    answers = together(api, ORDERS, 8, hold=True)
    assert till.effects == ["corner"]
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["code"] == "idempotency-in-flight"
    assert refused.headers["Retry-After"] == "1"


def test_eight_twins_have_one_effect(api):
    answers = together(api, ORDERS, 8, hold=False)
    assert till.effects == ["corner"]
    first = [a for a in answers if a.status_code == 201 and "Idempotency-Replayed" not in a.headers]
    assert len(first) == 1
    assert {a.status_code for a in answers} <= {201, 409}


def test_late_twin_gets_the_first_answer(api):
    first = api.post(ORDERS, ORDER, Idempotency_Key="k")
    again = api.post(ORDERS, ORDER, Idempotency_Key="k")
    assert till.effects == ["corner"]
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


def test_same_key_with_another_body_is_refused(api):
    api.post(ORDERS, ORDER, Idempotency_Key="k")
    answer = api.post(ORDERS, {"lines": []}, Idempotency_Key="k")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-mismatch")
    assert till.effects == ["corner"]


@pytest.mark.parametrize(
    ("path", "token"), [(ORDERS, "other"), ("/api/mugs/v1/market/orders", "token")]
)
def test_key_belongs_to_one_caller_and_one_path(api, path, token):
    api.post(ORDERS, ORDER, Idempotency_Key="k")
    answer = api.post(path, ORDER, Idempotency_Key="k", X_Cart_Token=token)
    assert "Idempotency-Replayed" not in answer.headers
    assert len(till.effects) == 2


def test_missing_key_is_refused_where_stock_moves(api):
    answer = api.post(ORDERS, ORDER)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")
    assert till.effects == []


@pytest.mark.parametrize("key", ["", "has space", "k" * 256, "ключ"])
def test_unusable_key_is_refused(api, key):
    answer = api.post(ORDERS, ORDER, Idempotency_Key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-invalid")


def test_refusal_of_the_view_is_replayed(api):
    till.failures.append(Problem("out-of-mugs"))
    api.post(ORDERS, ORDER, Idempotency_Key="k")
    again = api.post(ORDERS, ORDER, Idempotency_Key="k")
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (409, "true")


@pytest.mark.parametrize(
    "failure",
    [
        OperationalError("away"),
        ZeroDivisionError(),
        Problem("internal-error"),
        Problem("rate-limited", retry_after=1),
    ],
    ids=["unavailable", "defect", "broken", "try-again"],
)
def test_failure_may_be_tried_again_with_the_same_key(api, failure):
    till.failures.append(failure)
    assert api.post(ORDERS, ORDER, Idempotency_Key="k").status_code in {429, 500, 503}
    assert api.post(ORDERS, ORDER, Idempotency_Key="k").status_code == 201


def test_answer_is_kept_for_a_day(api):
    api.post(ORDERS, ORDER, Idempotency_Key="k")
    [place] = client("idempotency").keys()
    assert 86_000 < client("idempotency").ttl(place) <= 86_400


@contextmanager
def in_flight(api, path=ORDERS):
    """Keep a request running for a while; gives the place of its claim."""
    till.gate.clear()
    thread = threading.Thread(target=api.post, args=(path, ORDER), kwargs={"Idempotency_Key": "k"})
    thread.start()
    assert till.entered.wait(5)
    [place] = client("idempotency").keys()
    yield place
    till.gate.set()
    thread.join()


def test_claim_of_a_dead_request_ends_after_a_minute(api):
    """The process died: nobody finished or released the claim, so its time to live is all."""
    with in_flight(api) as place:
        assert 50 < client("idempotency").ttl(place) <= 60


def test_claim_ends_sooner_where_two_at_once_do_no_harm(api):
    with in_flight(api, "/api/mugs/v1/corner/natural-orders") as place:
        assert 5 < client("idempotency").ttl(place) <= 10


def test_late_finisher_leaves_the_claim_of_its_successor(api):
    with in_flight(api) as place:
        client("idempotency").set(place, b"claim of another process")
    assert client("idempotency").get(place) == b"claim of another process"


@pytest.mark.usefixtures("redis_is_away")
def test_nothing_happens_while_claims_cannot_be_kept(api):
    answer = api.post(ORDERS, ORDER, Idempotency_Key="k")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]
    assert till.effects == []


@pytest.mark.usefixtures("redis_is_away")
def test_naturally_repeatable_order_goes_on_without_redis(api):
    answer = api.post("/api/mugs/v1/corner/natural-orders", ORDER, Idempotency_Key="k")
    assert (answer.status_code, till.effects) == (202, ["corner"])


def test_accepted_answer_with_retry_after_is_replayed(api):
    path = "/api/mugs/v1/corner/natural-orders"
    api.post(path, ORDER, Idempotency_Key="k")
    assert "Idempotency-Replayed" in api.post(path, ORDER, Idempotency_Key="k").headers
    assert till.effects == ["corner"]
