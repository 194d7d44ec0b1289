"""One id goes with a request through every process."""

import pytest

from commerce.telemetry import bind, current_traceparent, following, request_id
from commerce.telemetry.trace import bound

PARENT = f"00-{'a' * 32}-{'b' * 16}-01"


def test_continues_the_trace_it_is_given():
    with following(PARENT):
        assert request_id() == "a" * 32
        version, trace, span, flags = current_traceparent().split("-")
    assert (version, trace, flags) == ("00", "a" * 32, "01")
    assert span != "b" * 16


@pytest.mark.parametrize(
    "parent",
    [
        None,
        "",
        "nonsense",
        PARENT.upper(),
        f"ff-{'a' * 32}-{'b' * 16}-01",
        f"00-{'0' * 32}-{'b' * 16}-01",
        f"00-{'a' * 32}-{'0' * 16}-01",
        PARENT + "\n",
        f"00-{'a' * 31}-{'b' * 16}-01",
    ],
)
def test_starts_its_own_trace_for_anything_else(parent):
    with following(parent):
        assert len(request_id()) == 32
        assert request_id() not in {"a" * 32, "0" * 32}


def test_has_no_id_outside_of_a_request():
    assert request_id() == ""


def test_calls_outside_of_a_request_still_have_a_valid_header():
    assert len(current_traceparent().split("-")[1]) == 32


def test_inner_work_leaves_the_outer_trace_alone():
    with following(PARENT, order="ord_1"):
        with following(None, order="ord_2"):
            bind(sku="MUG")
        assert request_id() == "a" * 32
        assert bound() == {"request_id": "a" * 32, "order": "ord_1"}
    assert bound() == {}
