"""The test database itself: every test finds what the migrations left, and nothing else."""

import pytest
from django.contrib.auth.models import Group, Permission, User

from commerce.redis import client


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_one_test_commits_the_next_does_not_see(turn: str) -> None:
    assert not User.objects.exists()
    assert not Group.objects.filter(name="florists").exists()
    User.objects.create(username="alice").groups.add(Group.objects.create(name="florists"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_migrations_made_comes_back(turn: str) -> None:
    assert Permission.objects.count() > 10
    Permission.objects.all().delete()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_redis_starts_empty(turn: str) -> None:
    assert client("carts").incr("visits") == 1
