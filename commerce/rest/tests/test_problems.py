"""Every refusal is a documented problem with all its members."""

import pytest

from commerce.rest import problems

MEMBERS = {"type", "title", "status", "detail", "instance", "code", "errors", "trace_id"}


def test_problem_has_every_member(api):
    answer = api.get("/api/mugs/v1/refuse", traceparent=f"00-{'a' * 32}-{'b' * 16}-01")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Mugs"] == "0"
    assert answer.json() == {
        "type": "/api/problems/out-of-mugs",
        "title": "No mugs",
        "status": 409,
        "detail": "There are no mugs left. Drink from the tap.",
        "instance": "/api/mugs/v1/refuse",
        "code": "out-of-mugs",
        "errors": [
            {
                "pointer": "/quantity",
                "code": "out-of-mugs",
                "detail": "",
                "meta": {"available": 1},
            }
        ],
        "trace_id": "a" * 32,
        "retry_after": None,
    }


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("database", 503, "unavailable"),
        ("service", 503, "unavailable"),
        ("data", 422, "body-invalid"),
        ("missing", 404, "not-found"),
        ("foreign", 404, "not-found"),
        ("bug", 500, "internal-error"),
    ],
)
def test_failure_becomes_a_problem_that_gives_nothing_away(api, how, status, code):
    answer = api.get(f"/api/mugs/v1/fail/{how}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json().keys() > MEMBERS
    assert b"password" not in answer.content
    assert b"secret" not in answer.content
    assert (status == 503) == ("Retry-After" in answer.headers)


def test_defect_reaches_whoever_listens(api):
    api.client.raise_request_exception = True
    with pytest.raises(ZeroDivisionError):
        api.get("/api/mugs/v1/fail/bug")


def test_unknown_address_in_the_api_is_a_problem(api):
    assert api.get("/api/nowhere").json()["code"] == "not-found"


def test_a_code_is_documented_in_one_place():
    kind = problems.kinds["out-of-mugs"]
    with pytest.raises(ValueError, match="already"):
        problems.register(kind.code, status=409, title=kind.title, text=kind.text)


def test_undocumented_code_cannot_be_raised():
    with pytest.raises(KeyError):
        problems.Problem("never-registered")
