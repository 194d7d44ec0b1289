import pytest
from django.contrib.auth.models import Permission, User

from apps.pricing.models import PromotionUse
from apps.pricing.tests.offers import TENTH, promote

pytestmark = pytest.mark.django_db
DEAR = {"kind": "items-total-at-least", "amount": "50"}


@pytest.fixture(autouse=True)
def shop(prices):
    """Have something to try promotions on."""


def place(promotion):
    return f"/admin/pricing/promotion/{promotion.pk}/try/"


def test_tries_a_draft_line_by_line(admin_client):
    draft = promote(is_live=False)
    cart = {"sku": ["MUG", "TEE"], "units": ["2", "1"], "country": "FR"}
    page = admin_client.get(place(draft), cart)
    assert page.context["saved"] == "5.08 EUR"
    assert [(row.name, row.without, row.beside, row.off) for row in page.context["rows"]] == [
        ("MUG", "25.80 EUR", "23.22 EUR", "2.58 EUR"),
        ("TEE", "25.00 EUR", "22.50 EUR", "2.50 EUR"),
    ]
    assert "Sale takes 2.58 EUR off MUG." in page.text
    assert "The shopper pays <b>5.08 EUR</b> less." in page.text
    assert not PromotionUse.objects.exists()


def test_tries_who_buys(admin_client):
    said = [
        {"kind": "in-group", "groups": ["staff"]},
        {"kind": "in-channel", "channels": ["app"]},
        {"kind": "orders-at-least", "orders": 1},
        {"kind": "spent-at-least", "amount": "50"},
    ]
    draft = promote(is_live=False, conditions=said, currency="EUR")
    cart = {"sku": "MUG", "units": "1"}
    page = admin_client.get(place(draft), cart)
    assert page.text.count("Not fulfilled:") == 4
    known = {"groups": " staff, runners", "channel": "app", "orders": "2", "spent": "50,00"}
    assert admin_client.get(place(draft), cart | known).status_code == 200
    page = admin_client.get(place(draft), cart | known | {"spent": "50.00"})
    assert page.context["saved"] == "1.29 EUR"


def test_says_that_a_gift_waits(admin_client):
    draft = promote("present", {"kind": "gift", "sku": "TEE"}, is_live=False)
    page = admin_client.get(place(draft), {"sku": "MUG", "units": "1"})
    assert "A gift waits: put 1 × TEE in the cart." in page.text
    page = admin_client.get(place(draft), {"sku": ["MUG", "TEE"], "units": ["1", "1"]})
    assert "1 as a gift" in page.text


@pytest.mark.parametrize(
    "more",
    [{"orders": "-1"}, {"orders": "NaN"}, {"spent": "-1"}, {"spent": "NaN"}, {"spent": "1.001"}],
)
def test_nobody_has_ordered_less_than_nothing(admin_client, more):
    page = admin_client.get(place(promote()), {"sku": "MUG", "units": "1"} | more)
    assert page.status_code == 200
    assert "rows" not in page.context


def test_begins_with_a_sample_and_says_why_nothing_is_given(admin_client):
    draft = promote(is_live=False, conditions=[DEAR | {"amount": "500"}], currency="EUR")
    page = admin_client.get(place(draft))
    assert page.context["rows"]
    assert "Not fulfilled: if the goods cost 500 EUR or more." in page.text


@pytest.mark.parametrize(
    ("cart", "words"),
    [
        ({"sku": "MUG", "units": "-1"}, "a whole number from 1 to 9,999"),
        ({"sku": "MUG", "units": "NaN"}, "a whole number from 1 to 9,999"),
        ({"sku": "", "units": "1"}, "Put something in the cart"),
        ({"sku": "HAT", "units": "1"}, "No price in EUR: HAT."),
        ({"sku": "MUG", "units": "1", "country": "France"}, "country code of two capital letters"),
        ({"sku": "MUG", "units": "1", "at": "May"}, "Enter a valid date/time"),
    ],
)
def test_says_what_is_wrong_with_a_sample(admin_client, cart, words):
    page = admin_client.get(place(promote()), cart)
    assert page.status_code == 200
    assert words in page.text


def test_shows_whom_it_meets_and_what_would_leave_it_nothing(admin_client):
    promote("big", TENTH | {"percent": "50"}, name="Big sale", stops=True, priority=9)
    page = admin_client.get(place(promote("small")))
    assert "It would never apply: “Big sale” applies to every cart" in page.text
    assert "The other goes first and lets no other apply after it." in page.text


def test_suggests_skus_by_their_beginning(admin_client):
    assert admin_client.get("/admin/pricing/promotion/skus/?q=M").json() == {"skus": ["MUG"]}
    assert admin_client.get("/admin/pricing/promotion/skus/?q=UG").json() == {"skus": []}


def test_shows_it_only_to_those_who_may_see_promotions(client):
    clerk = User.objects.create_user("clerk", is_staff=True)
    client.force_login(clerk)
    sale = promote()
    assert client.get(place(sale)).status_code == 403
    assert client.get("/admin/pricing/promotion/skus/?q=M").status_code == 403
    clerk.user_permissions.add(Permission.objects.get(codename="view_promotion"))
    assert client.get(place(sale)).status_code == 200
