"""What browsers are told about our pages."""

import pytest

pytestmark = pytest.mark.urls("commerce.rest.tests.shop")


def test_shop_allows_nothing_from_elsewhere_and_nothing_inline(client):
    policy = client.get("/api/docs").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/admin/", "/cms-admin/pages/"])
def test_staff_pages_may_run_their_own_inline_scripts(client, path):
    policy = client.get(path).headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in policy
    assert "object-src 'none'" in policy


def test_administration_in_the_name_of_a_shop_page_changes_nothing(client):
    assert "unsafe" not in client.get("/administration").headers["Content-Security-Policy"]


def test_browser_guesses_nothing_and_tells_nobody(client):
    headers = client.get("/api").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_an_endpoint_has_the_headers_of_pages_and_allows_browsers_nothing(client):
    answer = client.get("/api", secure=True)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Content-Length"] == str(len(answer.content))


@pytest.mark.django_db
def test_an_endpoint_opens_no_session(client, django_assert_num_queries):
    client.cookies["sessionid"] = "a" * 32
    with django_assert_num_queries(0):
        assert "Cookie" not in client.get("/api").headers.get("Vary", "")
