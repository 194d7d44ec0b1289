from uuid import uuid4

import pytest

from apps.pricing.models import Batch, Coupon
from apps.pricing.tests.offers import promote

pytestmark = pytest.mark.django_db
BATCHES = "/admin/pricing/batch/"


@pytest.fixture
def sale():
    return promote("sale", by_coupon=True, name="@Sale")


def form(sale, **more):
    plain = {
        "promotion": sale.pk,
        "name": "Letter",
        "count": "5",
        "beginning": "MAY",
        "use_limit": "1",
    }
    return plain | {"ticket": str(uuid4())} | more


def test_issues_a_batch_and_sends_it_as_a_sheet(admin_client, sale):
    assert admin_client.post(f"{BATCHES}add/", form(sale)).status_code == 302
    batch = Batch.objects.get()
    codes = list(Coupon.objects.order_by("pk").values_list("code", flat=True))
    assert (batch.count, len(codes)) == (5, 5)
    answer = admin_client.get(f"{BATCHES}{batch.pk}/download/")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines == [
        "Code,Promotion,Orders at most,Orders so far",
        *(f"{code},'@Sale,1,0" for code in codes),
    ]
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_form_that_is_sent_twice_issues_one_batch(admin_client, sale):
    sent = form(sale)
    for _ in range(2):
        assert admin_client.post(f"{BATCHES}add/", sent).status_code == 302
    assert (Batch.objects.count(), Coupon.objects.count()) == (1, 5)


def test_every_empty_form_has_a_ticket_of_its_own(admin_client):
    tickets = {
        admin_client.get(f"{BATCHES}add/").context["adminform"].form["ticket"].value()
        for _ in range(2)
    }
    assert len(tickets) == 2


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({"count": "0"}, "greater than or equal to 1"),
        ({"count": "100001"}, "less than or equal to 100000"),
        ({"beginning": "=1"}, "Use letters, digits and hyphens"),
        ({"use_limit": "-1"}, "greater than or equal to 1"),
    ],
)
def test_says_what_is_wrong_with_a_batch(admin_client, sale, entered, words):
    answer = admin_client.post(f"{BATCHES}add/", form(sale, **entered))
    assert words in answer.text
    assert not Coupon.objects.exists()


def test_issues_none_for_what_is_open_to_everybody(admin_client):
    answer = admin_client.post(f"{BATCHES}add/", form(promote("open")))
    assert "This promotion needs no coupon" in answer.text


def test_shows_how_many_codes_were_used(admin_client, sale):
    admin_client.post(f"{BATCHES}add/", form(sale))
    batch = Batch.objects.get()
    first = Coupon.objects.order_by("pk").first()
    Coupon.objects.filter(pk=first.pk).update(used=1)
    page = admin_client.get(f"{BATCHES}{batch.pk}/change/")
    assert page.context["adminform"].model_admin.used(batch) == 1
    assert "Letter" in page.text
