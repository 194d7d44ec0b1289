"""A merchant makes a key, sees it once, and can switch it off."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.urls import include, path

from commerce.rest import keys
from commerce.rest.models import ApiKey

pytestmark = pytest.mark.django_db
KEYS = "/admin/rest/apikey/"
urlpatterns = [path("", include("commerce.rest.tests.shop")), path("admin/", admin.site.urls)]


@pytest.fixture
def merchant(client, settings):
    settings.ROOT_URLCONF = __name__
    client.force_login(get_user_model().objects.create_superuser("merchant"))
    return client


def test_new_key_is_shown_once(merchant):
    page = merchant.post(
        f"{KEYS}add/", {"name": "Warehouse", "kind": "sk", "scopes": "stock:write"}
    )
    [value] = re.findall(r"sk_[A-Za-z0-9]{32}", page.content.decode())
    assert keys.find(value).scopes == {"stock:write"}
    assert "no-store" in page.headers["Cache-Control"]
    for url in (KEYS, f"{KEYS}{ApiKey.objects.get().id}/change/"):
        assert value not in merchant.get(url).content.decode()


def test_key_can_be_switched_off(merchant):
    keys.ensure("Warehouse", "sk", "sk_" + "w" * 32)
    assert keys.find("sk_" + "w" * 32)
    row = ApiKey.objects.get()
    merchant.post(f"{KEYS}{row.id}/change/", {"name": "Warehouse", "scopes": ""})
    assert keys.find("sk_" + "w" * 32) is None


def test_value_of_a_key_cannot_be_chosen(merchant):
    merchant.post(
        f"{KEYS}add/", {"name": "A", "kind": "pk", "scopes": "", "digest": "x", "prefix": "pk_mine"}
    )
    assert ApiKey.objects.get().prefix != "pk_mine"


def test_name_can_be_used_once(merchant):
    keys.ensure("Warehouse", "sk", "sk_" + "w" * 32)
    page = merchant.post(f"{KEYS}add/", {"name": "Warehouse", "kind": "sk", "scopes": ""})
    assert "already exists" in page.content.decode()
    assert ApiKey.objects.count() == 1
