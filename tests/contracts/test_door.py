"""The door answers as Django's handler would."""

import io

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.urls import resolve

from commerce.rest import door, keys, openapi
from commerce.rest.door import Door

pytestmark = [pytest.mark.django_db(transaction=True)]
IGNORED = {"X-Request-Id"}
SAMPLES = {"str": "a", "int": "1", "uuid": "0193b1a0-0000-7000-8000-000000000000", "slug": "a"}
SAMPLES["path"] = "a/b"


@pytest.fixture
def ask():
    """Send the same request through the door and around it; both answers must be one."""
    around = WSGIHandler()
    through = Door(around)

    def ask(method, path, body=b"", query="", **headers):
        first, second = (
            answered(application, environ(method, path, body, query, dict(headers)))
            for application in (through, around)
        )
        assert first == second
        return first

    return ask


def environ(method, path, body, query, headers):
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": headers.pop("Content_Type", "application/json"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        "HTTP_HOST": headers.pop("Host", "localhost"),
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }


def answered(application, asked):
    told = []
    answer = application(asked, lambda status, headers: told.extend((status, headers)))
    body = b"".join(answer)
    status, headers = told
    named = {name: value for name, value in headers if name not in IGNORED}
    trace = dict(headers)["X-Request-Id"].encode()
    return status, named, body.replace(trace, b"the trace")


def test_a_read_is_answered_alike(ask):
    status, headers, _ = ask("GET", "/api/catalog/v1/products", X_Api_Key=keys.storefront_key())
    assert status == "200 OK"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_query_is_read_alike(ask):
    key = keys.storefront_key()
    assert ask("GET", "/api/catalog/v1/products", query="limit=2", X_Api_Key=key)[0] == "200 OK"
    status, *_ = ask("GET", "/api/catalog/v1/products", query="limit=many", X_Api_Key=key)
    assert status.startswith("400")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"method": "POST", "path": "/api/cart/v1/carts", "body": b"{"}, 401),
        ({"method": "GET", "path": "/api/cart/v1/carts/cart_nonsense", "X_Cart_Token": "x"}, 404),
        ({"method": "DELETE", "path": "/api/catalog/v1/products"}, 405),
        ({"method": "GET", "path": "/api/catalog/v1/nothing"}, 404),
        ({"method": "GET", "path": "/api/catalog/v1/products", "Host": "evil.example"}, 400),
        ({"method": "GET", "path": "/api/catalog/v1/products/\x00"}, 404),
        ({"method": "HEAD", "path": "/api/search/v1/products"}, 401),
        ({"method": "GET", "path": "/api"}, 200),
        ({"method": "GET", "path": "/api/"}, 404),
    ],
)
def test_a_refusal_is_told_alike(ask, asked, status):
    assert ask(**asked)[0].startswith(str(status))


def test_bodies_are_refused_alike(ask):
    key = keys.storefront_key()
    create = {"method": "POST", "path": "/api/cart/v1/carts", "X_Api_Key": key}
    assert ask(**create, body=b'{"currency": "XXX"}')[0].startswith("422")
    assert ask(**create, body=b"{}", Content_Type="text/plain")[0].startswith("415")
    assert ask(**create, body=b" " * 3_000_000)[0].startswith("413")


def test_every_endpoint_is_found_where_django_finds_it():
    for operation in openapi.operations():
        if operation.context == "api":
            continue
        path = operation.path
        for name, converter in operation.parameters:
            path = path.replace("{" + name + "}", SAMPLES[converter])
        there = resolve(path)
        found = door.find(path)
        assert found is not None, path
        assert (found.func, found.kwargs, found.route) == (there.func, there.kwargs, there.route)


def test_what_the_shop_does_not_answer_by_an_endpoint_goes_to_django():
    assert door.find("/api/docs") is None
    assert door.find("/api/nowhere/v1/at/all") is None
