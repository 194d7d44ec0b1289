from datetime import timedelta

import pytest

from apps.pricing.interface import CartDraft, LineDraft, pricing
from apps.pricing.models import Promotion
from apps.pricing.tests.offers import TENTH, promote
from apps.pricing.tests.partner import Partner, pointers
from commerce import clock

pytestmark = pytest.mark.django_db
OFF = {"kind": "order-fixed", "amount": "1"}
SALE = {"key": "may", "name": "May sale", "terms": {"effects": [TENTH]}}


@pytest.fixture
def partner():
    return Partner("pricing:read", "pricing:write")


def off():
    cart = CartDraft("EUR", (LineDraft("MUG", 1),))
    return sum(each.amount.minor for each in pricing.quote(cart=cart).discounts)


def test_a_promotion_works_from_its_activation_to_its_end(partner, prices):
    made = partner.post("promotions", SALE)
    assert (made.status_code, made.json()["state"], off()) == (201, "draft", 0)
    assert partner.post(f"{made.headers['Location']}/activate").json()["state"] == "live"
    assert off() == 129
    assert partner.post("promotions/may/end").json()["state"] == "draft"
    assert off() == 0


def test_a_scheduled_promotion_begins_by_itself(partner, prices):
    soon = (clock.now() + timedelta(hours=1)).isoformat()
    partner.post("promotions", SALE | {"since": soon})
    assert partner.post("promotions/may/activate").json()["state"] == "coming"
    assert off() == 0
    Promotion.objects.update(since=clock.now())
    assert off() == 129


def test_writes_and_reads_all_of_a_promotion(partner):
    dear = {"kind": "items-total-at-least", "amount": "50.00"}
    told = SALE | {
        "terms": {"conditions": [dear], "effects": [TENTH]},
        "currency": "EUR",
        "budget": "99.50",
        "priority": 5,
        "stops": True,
        "until": "2031-01-01T00:00:00Z",
    }
    made = partner.post("promotions", told)
    shown = partner.get("promotions/may")
    assert shown.json() == made.json()
    assert shown.headers["ETag"] == made.headers["ETag"]
    assert {name: shown.json()[name] for name in told} == told
    assert shown.json()["given"] == {"amount": "0.00", "currency": "EUR"}


def test_lists_promotions_page_by_page(partner):
    for key in ("a", "b", "c"):
        promote(key)
    first = partner.get("promotions?limit=2").json()
    assert [each["key"] for each in first["data"]] == ["a", "b"]
    rest = partner.get(f"promotions?limit=2&after={first['page']['next']}").json()
    assert [each["key"] for each in rest["data"]] == ["c"]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"terms": {"effects": [TENTH | {"percent": "101"}]}}, {"/terms/effects/0/percent"}),
        ({"terms": {"effects": [{"kind": "magic"}]}}, {"/terms/effects/0/kind"}),
        ({"terms": {"effects": []}}, {"/terms/effects"}),
        ({"terms": {"effects": [OFF]}}, {"/terms/effects/0/amount"}),
        ({"budget": "5"}, {"/currency"}),
        ({"budget": "5.123", "currency": "EUR"}, {"/budget"}),
        ({"currency": "QQQ"}, {"/currency"}),
        ({"since": "2030-05-02T00:00:00Z", "until": "2030-05-01T00:00:00Z"}, {"/until"}),
        (
            {"terms": {"effects": [TENTH], "conditions": [{"kind": "applied", "promotion": "x"}]}},
            {"/terms"},
        ),
    ],
)
def test_leads_to_what_does_not_fit(partner, told, expected):
    assert set(pointers(partner.post("promotions", SALE | told), "promotion-invalid")) == expected
    assert not Promotion.objects.exists()


@pytest.mark.parametrize(
    "told", [{"budget": "-1"}, {"budget": "NaN"}, {"used": 3}, {"is_live": True}, {"key": "É"}]
)
def test_refuses_what_is_no_promotion(partner, told):
    assert set(pointers(partner.post("promotions", SALE | told), "body-invalid")) == {
        f"/{next(iter(told))}"
    }


def test_two_promotions_never_share_a_key(partner):
    promote("may")
    assert pointers(partner.post("promotions", SALE), "promotion-exists") == {
        "/key": "promotion-exists"
    }


def test_the_same_key_writes_one_promotion(partner):
    first, again = (partner.post("promotions", SALE, key="one") for _ in range(2))
    assert (first.json(), again.headers["Idempotency-Replayed"]) == (again.json(), "true")
    assert Promotion.objects.count() == 1


def test_changes_the_version_that_was_looked_at(partner):
    sale = promote("may", currency="EUR", budget_minor=500)
    etag = partner.get("promotions/may").headers["ETag"]
    Promotion.objects.filter(pk=sale.pk).update(used=1, given_minor=100)
    changed = partner.patch("promotions/may", {"name": "Late", "budget": "9.00"}, etag)
    assert (changed.status_code, changed.json()["budget"]) == (200, "9.00")
    sale.refresh_from_db()
    assert (sale.name, sale.budget_minor, sale.used, sale.given_minor) == ("Late", 900, 1, 100)
    late = partner.patch("promotions/may", {"name": "Later"}, etag)
    assert (late.status_code, late.headers["ETag"]) == (412, changed.headers["ETag"])
    assert partner.ask("patch", "promotions/may", {"name": "Later"}).status_code == 428


def test_a_budget_stays_what_it_is_in_another_currency(partner):
    promote("may", currency="EUR", budget_minor=500)
    etag = partner.get("promotions/may").headers["ETag"]
    changed = partner.patch("promotions/may", {"currency": "KWD"}, etag)
    assert (changed.json()["budget"], changed.json()["currency"]) == ("5.000", "KWD")


def test_puts_nothing_to_work_that_would_never_apply(partner):
    promote("may", is_live=False, until=clock.now() - timedelta(days=1))
    refused = partner.post("promotions/may/activate")
    assert (refused.status_code, refused.json()["errors"][0]["meta"]) == (409, {"state": "over"})
    promote("june", is_live=False, use_limit=0)
    refused = partner.post("promotions/june/activate")
    assert refused.json()["errors"][0]["meta"] == {"state": "used-up"}
    assert not Promotion.objects.filter(is_live=True).exists()


def test_ends_even_what_cannot_be_kept_any_more(partner):
    sale = promote("may")
    Promotion.objects.filter(pk=sale.pk).update(terms={"effects": []}, used=1)
    assert partner.post("promotions/may/end").json()["state"] == "ended"


def test_answers_nobody_without_the_scope(client):
    reader = Partner("pricing:read")
    assert reader.post("promotions", SALE).json()["code"] == "scope-missing"
    assert Partner(name="Nobody").get("promotions").status_code == 403
    assert client.get("/api/pricing/v1/promotions").status_code == 401
    assert reader.get("promotions/none").status_code == 404
