"""An answer is what Django's response would be."""

import pytest
from django.http import BadHeaderError, HttpResponse

from commerce.rest.answers import Answer, Headers


@pytest.mark.parametrize("value", ['"2"', "", "a\tb", "Noël", "冬", b"bytes", 7, "\x7f"])
def test_headers_are_what_django_makes_of_them(value):
    ours, django = Headers({}), HttpResponse().headers
    for headers in (ours, django):
        headers["Content-Type"] = "text/plain"
        headers["X-First"] = value
        headers["x-FIRST"] = value
        headers.setdefault("X-first", "another")
        headers.setdefault("X-Second", value)
    assert list(ours.items()) == list(django.items())
    assert "x-second" in ours


@pytest.mark.parametrize(("name", "value"), [("X-A", "a\nb"), ("X-A", "é\r"), ("X-\nA", "a")])
def test_no_header_breaks_a_line(name, value):
    with pytest.raises(BadHeaderError):
        Headers({name: value})


def test_an_answer_has_everything_a_response_has():
    ours, django = Answer(b"{}", 201, {"X-A": "1"}), HttpResponse(b"{}", status=201)
    assert vars(ours).keys() | {"status_code"} == vars(django).keys()
    assert (ours.content, ours.status_code, ours["x-a"]) == (b"{}", 201, "1")
    assert ours.reason_phrase == "Created"
