"""Whatever arrives, the answer is a reply or a problem, and never a 500."""

import json

from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

FIELDS = st.sampled_from(["lines", "sku", "quantity", "note", "price", "amount", "currency"])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | FIELDS, inner),
    max_leaves=8,
)
HEADER = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=40)
anything = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@anything
@given(body=st.binary(max_size=200) | ANY_JSON.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_answered(body):
    headers = {"X-Cart-Token": "t", "Idempotency-Key": "k"}
    answer = Client().generic(
        "POST", "/api/mugs/v1/corner/orders", body, "application/json", headers=headers
    )
    assert answer.status_code in {201, 400, 409, 413, 415, 422}


@anything
@given(
    headers=st.dictionaries(
        st.sampled_from(
            ["X-Cart-Token", "Idempotency-Key", "If-Match", "traceparent", "X-Forwarded-For"]
        ),
        HEADER,
    ),
    content_type=HEADER,
)
def test_any_header_is_answered(headers, content_type):
    body = b'{"sku": "MUG"}'
    answer = Client().generic("PATCH", "/api/mugs/v1/corner", body, content_type, headers=headers)
    assert answer.status_code < 500


@anything
@given(limit=st.text(), after=st.text(), key=st.text(max_size=5))
def test_any_query_is_answered(publishable, limit, after, key):
    query = {"limit": limit, "after": after, f"f[{key}]": after, key: limit}
    answer = Client().get("/api/mugs/v1/mugs", query, headers={"X-Api-Key": publishable})
    assert answer.status_code in {200, 400}
