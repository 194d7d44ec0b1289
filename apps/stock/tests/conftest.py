from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from apps.stock.interface import Line, stock
from apps.stock.service import places
from apps.stock.tests.shelf import drift


@pytest.fixture(autouse=True)
def _places_as_they_are():
    places.forget()
    yield
    places.forget()


@pytest.fixture
def alice():
    return uuid4()


@pytest.fixture
def bob():
    return uuid4()


@pytest.fixture
def order():
    return uuid4()


@pytest.fixture
def shelf(db):
    """Three mugs and one shirt, and books that balance in the end."""
    stock.count(lines=(Line("MUG", 3), Line("TEE", 1)), reference="opening")
    yield
    assert drift() == []


@pytest.fixture
def merchant(client):
    """A browser in which Carol may do everything."""
    client.force_login(get_user_model().objects.create_superuser("carol"))
    return client


@pytest.fixture
def onlooker(db):
    """A browser in which Dave may see levels and change nothing."""
    user = get_user_model().objects.create_user("dave", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_level"))
    browser = Client()
    browser.force_login(user)
    return browser
