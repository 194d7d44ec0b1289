"""Whatever clients send, they are told what is wrong with it, and it is never a 500."""

import pytest

ORDERS = "/api/mugs/v1/corner/offers"
MUGS = "/api/mugs/v1/mugs"


@pytest.fixture
def send(api, publishable):
    return lambda raw, **headers: api.post(ORDERS, raw, X_Api_Key=publishable, **headers)


@pytest.mark.parametrize(
    ("raw", "code", "pointer"),
    [
        (b'{"lines": [], "colour": 1}', "unknown-field", "/colour"),
        (b'{"lines": [], "a~/b": 1}', "unknown-field", "/a~0~1b"),
        (b'{"lines": [{"sku": "M", "size": 1}]}', "unknown-field", "/lines/0/size"),
        (b"{}", "missing-field", "/lines"),
        (b'{"lines": [{}]}', "missing-field", "/lines/0/sku"),
        (b'{"lines": [{"sku": "M", "quantity": "two"}]}', "wrong-type", "/lines/0/quantity"),
        (b'{"lines": [{"sku": "M", "quantity": 1e9}]}', "wrong-type", "/lines/0/quantity"),
        (b'{"lines": [{"sku": "M", "quantity": 1.5}]}', "wrong-type", "/lines/0/quantity"),
        (b'{"lines": [{"sku": "M", "quantity": true}]}', "wrong-type", "/lines/0/quantity"),
        (b'{"lines": [{"sku": "M", "quantity": null}]}', "wrong-type", "/lines/0/quantity"),
        (b'{"lines": [{"sku": "M", "quantity": 0}]}', "invalid-value", "/lines/0/quantity"),
        (b'{"lines": [{"sku": "M", "quantity": -1}]}', "invalid-value", "/lines/0/quantity"),
        (
            b'{"lines": [{"sku": "M", "quantity": 9223372036854775808}]}',
            "invalid-value",
            "/lines/0/quantity",
        ),
        (b'{"lines": [], "note": "a\\u0000b"}', "nul-character", "/note"),
        (b'{"lines": [{"sku": "\\u0000"}]}', "nul-character", "/lines/0/sku"),
        (
            b'{"price": {"amount": "1e3", "currency": "EUR"}, "lines": []}',
            "invalid-value",
            "/price/amount",
        ),
        (b"[]", "wrong-type", ""),
        (b"null", "wrong-type", ""),
    ],
)
def test_misfit_is_named_by_its_place(send, raw, code, pointer):
    answer = send(raw)
    assert (answer.status_code, answer.json()["code"]) == (422, "body-invalid")
    [error] = answer.json()["errors"]
    assert (error["code"], error["pointer"]) == (code, pointer)
    assert error["detail"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"lines": [],}',
        b'{"lines": [], "note": "\xff"}',
        b'{"lines": [], "note": "\\ud800"}',
        b'{"lines": [], "note": "\x00"}',
        b'\xef\xbb\xbf{"lines": []}',
        b'{"lines": [], "note": NaN}',
        b'{"lines": ' + b"[" * 100_000,
        b'{"\\u0000": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_broken_json_is_refused(send, raw):
    answer = send(raw)
    assert answer.status_code in {400, 415, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_escaped_backslash_before_u0000_is_no_nul(send):
    assert send(b'{"lines": [], "note": "\\\\u0000"}').status_code == 201


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", ""],
)
def test_other_media_type_is_refused(api, publishable, content_type):
    answer = api.client.generic(
        "POST", ORDERS, b'{"lines": []}', content_type, headers={"X-Api-Key": publishable}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "media-type-unsupported")
    assert answer.headers["Accept"] == "application/json"


def test_compressed_body_is_refused(send):
    assert send(b'{"lines": []}', Content_Encoding="gzip").status_code == 415


def test_too_large_body_is_refused(send, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = send(b'{"lines": [], "note": "%s"}' % (b"x" * 100))
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert "100" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "code", "parameter"),
    [
        ("limit=two", "wrong-type", "limit"),
        ("limit=", "wrong-type", "limit"),
        ("limit=0", "invalid-value", "limit"),
        ("limit=1000000000", "invalid-value", "limit"),
        ("sku=A,B,C,D", "invalid-value", "sku"),
        ("f=1", "wrong-type", "f"),
    ],
)
def test_unusable_query_is_named(api, publishable, query, code, parameter):
    answer = api.get(f"{MUGS}?{query}", X_Api_Key=publishable)
    assert (answer.status_code, answer.json()["code"]) == (400, "query-invalid")
    [error] = answer.json()["errors"]
    assert (error["code"], error["parameter"]) == (code, parameter)


@pytest.mark.parametrize("path", ["/api/mugs/v1/a%00b", "/pages/a%00b"])
def test_nul_in_a_path_leads_nowhere(api, path):
    assert api.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/api/mugs/v1/mugs?sku=%00", "/pages/form?q=a%00"])
def test_nul_in_a_query_is_refused(api, path):
    assert api.get(path).status_code == 400
