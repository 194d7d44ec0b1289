"""Operators see dead deliveries and may have them tried again, and nothing else."""

import pytest
from apps.bakery.events import LoafOrdered
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import translation

from commerce.events import consumers, facts, words
from commerce.events.models import Delivery, Fact
from commerce.testing import deliver_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bakery")]
LIST = "admin:events_delivery_changelist"


@pytest.fixture
def dead(announce) -> Delivery:
    announce(LoafOrdered("alice"))
    Delivery.objects.update(died_at=Now(), attempts=12, last_error="Burnt: black bread")
    return Delivery.objects.get()


@pytest.fixture
def operator(client) -> User:
    """Somebody who may look."""
    user = User.objects.create_user("olive", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_delivery"))
    client.force_login(user)
    return user


def replay(client, delivery):
    data = {"action": "replay", "_selected_action": [delivery.pk]}
    return client.post(reverse(LIST), data, follow=True)


def test_shows_what_went_wrong(client, operator, dead):
    page = client.get(reverse(LIST)).content.decode()
    assert "Loaf ordered" in page
    assert "Burnt: black bread" in page


def test_replays_a_dead_delivery(client, operator, dead, bakery):
    operator.user_permissions.add(Permission.objects.get(codename="replay_delivery"))
    assert "1 delivery is tried again." in replay(client, dead).content.decode()
    deliver_all()
    assert bakery.entries() == [("alice", 1)]


def test_who_may_only_look_cannot_replay(client, operator, dead):
    replay(client, dead)
    assert Delivery.objects.get().died_at is not None


@pytest.mark.parametrize("model", [Fact, Delivery])
def test_nobody_writes_history(rf, admin_user, model):
    request = rf.get("/")
    request.user = admin_user
    page = admin.site.get_model_admin(model)
    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)


def test_first_page_says_what_failed(client, operator, dead):
    page = client.get("/admin/").content.decode()
    assert "Failed tasks" in page
    assert "died_at__isempty=0" in page


def test_shows_what_a_fact_says_and_no_json(client, operator, dead):
    operator.user_permissions.add(Permission.objects.get(codename="view_fact"))
    address = reverse("admin:events_fact_change", args=[dead.fact_id])
    page = client.get(address).content.decode()
    assert "alice" in page
    assert "{&quot;" not in page.partition("what it says")[2].partition("</form>")[0]


@pytest.mark.parametrize(
    ("name", "said"),
    [("orders.OrderPlaced", "Order placed"), ("payments.RefundMade", "Refund made")],
)
def test_says_in_words_what_happened(name, said):
    assert words.of_fact(name) == said


def test_says_in_words_what_is_to_be_done():
    assert words.of_consumer("apps.orders.handlers.capture") == "Take the order's money."
    assert words.of_consumer("apps.gone.handlers.forget") == "apps.gone.handlers.forget"


def test_says_all_of_it_in_french():
    shops = [each for each in facts.registry if not each.startswith("bakery.")]
    doers = [each for each in consumers.registry if ".bakery." not in each]
    for say, names in ((words.of_fact, shops), (words.of_consumer, doers)):
        english = {name: say(name) for name in names}
        with translation.override("fr"):
            assert [name for name in names if say(name) == english[name]] == []


def test_replays_many_at_once(client, operator, announce, bakery):
    operator.user_permissions.add(Permission.objects.get(codename="replay_delivery"))
    announce(*(LoafOrdered(f"customer {number}") for number in range(3)))
    Delivery.objects.update(died_at=Now(), attempts=12)
    chosen = list(Delivery.objects.values_list("pk", flat=True))
    client.post(reverse(LIST), {"action": "replay", "_selected_action": chosen})
    deliver_all()
    assert len(bakery.entries()) == 3


def test_page_of_a_delivery_tells_everything(client, operator, dead):
    page = client.get(reverse("admin:events_delivery_change", args=[dead.pk])).content.decode()
    for word in ("Loaf ordered", "alice", "12", "Burnt: black bread"):
        assert word in page
