"""What a browser carries, and whose forms are taken."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from commerce import ids
from commerce.browser import back, carried, carry, from_our_pages

ASK = RequestFactory()


def cookie_for(value) -> str:
    response = HttpResponse()
    carry(response, "cart", value)
    return response.cookies["cart"].value


def test_a_browser_brings_back_what_we_gave_it():
    cart = ids.new()
    request = ASK.get("/", headers={"cookie": f"cart={cookie_for(cart)}"})
    assert carried(request, "cart") == cart


@pytest.mark.parametrize(
    "value", ["", "cart_1.x", "x", "order_{id}.{token}", "{id}.", "{id}.{bad}"]
)
def test_nobody_makes_up_what_we_gave(value):
    one, token = cookie_for(ids.new()).split(".")
    forged = value.format(id=one, token=token, bad=token[:-1] + ("A" if token[-1] != "A" else "B"))
    assert carried(ASK.get("/", headers={"cookie": f"cart={forged}"}), "cart") is None


@from_our_pages
def buy(request):
    return HttpResponse("bought")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": "http://testserver"},
    ],
)
def test_takes_forms_of_our_own_pages(headers):
    assert buy(ASK.post("/", headers=headers)).content == b"bought"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": "https://testserver.evil.example"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_refuses_forms_of_other_sites(headers):
    with pytest.raises(PermissionDenied):
        buy(ASK.post("/", headers=headers))


def test_leads_back_to_our_own_pages_only():
    ours = ASK.get("/", headers={"referer": "http://testserver/products/mug"})
    theirs = ASK.get("/", headers={"referer": "https://evil.example/"})
    assert (back(ours, "/"), back(theirs, "/")) == ("http://testserver/products/mug", "/")
