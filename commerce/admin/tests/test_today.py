"""The first page gathers what contexts say, and bears with those that do not answer."""

import pytest
import redis
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import OperationalError

from commerce.admin import panels, today
from commerce.admin.panels import Day, Figure, Panel
from commerce.services import ServiceUnavailable

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_contexts(monkeypatch):
    monkeypatch.setattr(panels, "contributions", [])
    monkeypatch.setattr(today, "contributions", panels.contributions)


def say(panel: Panel, name="Bakery", permission="auth.view_user"):
    panels.panel(name, permission=permission)(lambda: panel)


def fail(error, name="Bakery"):
    def ask() -> Panel:
        raise error

    panels.panel(name, permission="auth.view_user")(ask)


def test_shows_figures_and_what_waits(admin_client):
    say(Panel(figures=(Figure("Loaves", "12", "/loaves"),), waiting=(Figure("Burnt", "1", "/b"),)))
    page = admin_client.get("/admin/").text
    assert "Loaves" in page
    assert 'href="/b"' in page


@pytest.mark.parametrize(
    "error",
    [ServiceUnavailable(reason="down"), OperationalError("gone"), redis.ConnectionError("refused")],
)
def test_says_who_does_not_answer_and_shows_the_others(admin_client, error):
    fail(error)
    say(Panel(figures=(Figure("Cups", "3"),)), name="Coffee")
    page = admin_client.get("/admin/")
    assert page.status_code == 200
    assert "Bakery: no answer right now." in page.text
    assert "Cups" in page.text


def test_hides_no_mistake_of_ours(admin_client):
    fail(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        admin_client.get("/admin/")


def test_says_what_runs_elsewhere(admin_client, settings):
    settings.ELSEWHERE = {"stock"}
    assert "Stock runs elsewhere." in admin_client.get("/admin/").text


def test_everybody_sees_their_own_panels_only(client):
    olive = get_user_model().objects.create_user("olive", is_staff=True)
    olive.user_permissions.set(Permission.objects.filter(codename="view_group"))
    client.force_login(olive)
    say(Panel(figures=(Figure("Loaves", "12"),)))
    say(Panel(figures=(Figure("Cups", "3"),)), permission="auth.view_group")
    page = client.get("/admin/").text
    assert "Cups" in page
    assert "Loaves" not in page


def test_draws_bars_to_scale():
    bars = today.drawn([Day("Mon", 2, "two"), Day("Tue", 4, "four"), Day("Wed", 0, "none")])
    assert [bar.height for bar in bars] == [20, 40, 0]
    assert [bar.y for bar in bars] == [20, 0, 40]
    assert bars[0].x + bars[0].width < bars[1].x


def test_quiet_weeks_draw_no_bars():
    assert {bar.height for bar in today.drawn([Day("Mon", 0, ""), Day("Tue", 0, "")])} == {0}


def test_chart_needs_no_script(admin_client):
    say(Panel(chart_title="Loaves baked", days=(Day("Mon", 2, "Monday: 2 loaves"),)))
    page = admin_client.get("/admin/").text
    assert "<svg" in page
    assert "<title>Monday: 2 loaves</title>" in page
