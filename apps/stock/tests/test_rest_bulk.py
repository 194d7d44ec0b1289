import gzip
import json

import pytest

from apps.stock.models import Movement
from apps.stock.tests.partner import Partner
from apps.stock.tests.shelf import level

pytestmark = pytest.mark.usefixtures("shelf")
SKIP = "movements:bulk?error_policy=skip_failed"
ALL = "movements:bulk?error_policy=reject_all"


@pytest.fixture
def partner(db):
    return Partner("stock:write")


def line(quantity=1, sku="MUG", kind="received", **more):
    return json.dumps({"kind": kind, "sku": sku, "quantity": quantity, **more})


def send(partner, place, *lines, key="", **headers):
    body = "\n".join(lines).encode()
    if headers.get("Content_Encoding") == "gzip":
        body = gzip.compress(body, mtime=0)
    headers = {"Content_Type": "application/x-ndjson"} | headers
    return partner.post(place, body, key, **headers)


def outcomes(answer):
    assert answer.status_code == 200, answer.content
    return [json.loads(text) for text in b"".join(answer.streaming_content).splitlines()]


BAD = [
    line(-9, kind="corrected", reason="broken"),
    line(1, "NOBODY-HAS-THIS"),
    line(location="moon"),
    line(-1),
    line(1.5),
    line("two"),
    line(2**63),
    '{"kind": "received", "sku": "MUG", "quantity": NaN}',
    '{"kind": "received", "sku": "MU',
    '{"kind": "received", "sku": "' + "M" * 70_000 + '", "quantity": 1}',
    "[]",
]
CODES = [
    *("level-below-zero", "sku-unknown", "location-unknown", "quantity-too-low", "wrong-type"),
    *("wrong-type", "invalid-value", "malformed-json", "malformed-json", "malformed-json"),
    "wrong-type",
]


def test_does_what_is_possible_and_tells_the_rest(partner):
    told = outcomes(send(partner, SKIP, line(2), *BAD, "", line(1, "TEE")))
    assert [each["line"] for each in told] == [*range(1, len(BAD) + 2), len(BAD) + 3]
    assert [each["errors"][0]["code"] for each in told[1:-1]] == CODES
    assert told[0] == {"line": 1, "status": "done", "difference": 2, "on_hand": 5}
    assert (level("MUG"), level("TEE")) == ((5, 0, 0), (2, 0, 0))


@pytest.mark.parametrize(("bad", "code"), list(zip(BAD, CODES, strict=True)))
def test_does_all_or_nothing(partner, bad, code):
    answer = send(partner, ALL, line(2), bad, line(1, "TEE"))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "movements-rejected")
    assert [(error["code"], error["meta"]["line"]) for error in problem["errors"]] == [(code, 2)]
    assert Movement.objects.count() == 2


@pytest.mark.parametrize("place", [SKIP, ALL])
def test_goes_on_where_it_was_broken_off(partner, place):
    lines = [line(2), line(1, "TEE"), line(3)]
    outcomes(send(partner, place, *lines[:2], key="upload"))
    told = outcomes(send(partner, place, *lines, key="upload"))
    assert [each["status"] for each in told] == ["repeated", "repeated", "done"]
    assert level("MUG") == (8, 0, 0)


def test_many_lines_are_few_statements(partner, django_assert_max_num_queries):
    with django_assert_max_num_queries(2 * 6 + 4):
        told = outcomes(send(partner, SKIP, *[line(), line(1, "TEE")] * 600))
    assert (len(told), level("MUG")) == (1_200, (603, 0, 0))


def test_what_is_done_together_is_not_much(partner):
    answer = send(partner, ALL, *[line()] * 501)
    assert (answer.status_code, answer.json()["code"]) == (413, "movements-rejected")
    assert level("MUG") == (3, 0, 0)


def test_reads_what_was_packed(partner):
    [told] = outcomes(send(partner, SKIP, line(2), Content_Encoding="gzip"))
    assert told["on_hand"] == 5


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (gzip.compress(b"x" * 999, mtime=0)[:-9], {"Content_Encoding": "gzip"}, 400),
        (b"no gzip", {"Content_Encoding": "gzip"}, 400),
        (b"{}", {"Content_Encoding": "br"}, 415),
        (b"{}", {"Content_Type": "application/json"}, 415),
    ],
)
def test_refuses_what_it_cannot_read(partner, body, headers, status):
    headers = {"Content_Type": "application/x-ndjson"} | headers
    assert partner.post(SKIP, body, **headers).status_code == status
    assert level("MUG") == (3, 0, 0)


def test_needs_a_key_and_a_policy_there_is(partner):
    ndjson = {"Content_Type": "application/x-ndjson"}
    assert partner.ask("POST", SKIP, line(), **ndjson).json()["code"] == "idempotency-key-missing"
    assert send(partner, "movements:bulk?error_policy=hope", line()).status_code == 400
    assert send(Partner("stock:read"), SKIP, line()).status_code == 403
