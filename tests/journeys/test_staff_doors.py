"""Every page for staff is shut to everybody else, and no cache keeps one."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RoutePattern
from unfold.paginator import InfinitePaginator

pytestmark = pytest.mark.django_db
STAFF_PATHS = ("admin/", "cms-admin/")
SAMPLES = {"int": "1", "uuid": "0" * 8 + "-0000-0000-0000-" + "0" * 12}
OPEN = {  # words and icons for scripts, and the door itself
    "admin/login/",
    "admin/jsi18n/",
    "admin/logout/",
    "cms-admin/login/",
    "cms-admin/logout/",
    "cms-admin/jsi18n/",
    "cms-admin/sprite/",
}


def doors(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Write an address for every pattern below a resolver."""
    for each in resolver.url_patterns:
        address = before + sample(each)
        if isinstance(each, URLPattern):
            yield address
        else:
            yield from doors(each, address)


def sample(entry: URLPattern | URLResolver) -> str:
    """Fill a pattern with things that look right."""
    if isinstance(entry.pattern, RoutePattern):
        filled = re.sub(r"<(?:(\w+):)?\w+>", lambda m: SAMPLES.get(m[1], "1"), str(entry.pattern))
        return unquote(filled)
    plain = re.sub(r"\(\?P<\w+>[^)]*\)", "1", str(entry.pattern))
    return re.sub(r"[\^$]|\\[AZz]", "", plain)


def staff_doors() -> list[str]:
    return sorted({door for door in doors(get_resolver()) if door.startswith(STAFF_PATHS)} - OPEN)


def test_there_are_doors_to_try():
    assert {"admin/", "admin/orders/order/", "cms-admin/pages/1/edit/"} <= set(staff_doors())


@pytest.mark.parametrize("who", ["nobody", "somebody"])
def test_only_staff_come_in(client, who):
    if who == "somebody":
        client.force_login(get_user_model().objects.create_user("sam"))
    answers = {door: client.get(f"/{door}") for door in staff_doors()}
    shut = {door for door, answer in answers.items() if is_shut(answer)}
    assert {door: answers[door].status_code for door in answers.keys() - shut} == {}


def is_shut(answer) -> bool:
    if answer.status_code in {403, 404, 405}:
        return True
    return answer.status_code == 302 and answer.headers["Location"].startswith(
        (reverse("admin:login"), "/cms-admin/login/")
    )


def test_no_cache_keeps_a_page_of_staff(admin_client):
    admin_client.raise_request_exception = False  # Wagtail has a page that breaks, for trying
    pages = [door for door in staff_doors() if "1" not in door]
    kept = {}
    for door in pages:
        answer = admin_client.get(f"/{door}")
        if answer.status_code == 200 and "no-store" not in answer.get("Cache-Control", ""):
            kept[door] = answer.get("Cache-Control", "")
    assert kept == {}


def test_no_list_of_ours_counts_its_rows():
    ours = {
        model: page
        for model, page in admin.site._registry.items()
        if type(page).__module__.startswith(("apps.", "commerce."))
    }
    assert len(ours) > 15
    counting = [
        model.__name__
        for model, page in ours.items()
        if page.show_full_result_count or not issubclass(page.paginator, InfinitePaginator)
    ]
    assert counting == []
