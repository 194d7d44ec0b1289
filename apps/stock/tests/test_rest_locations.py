import pytest

from apps.stock.models import Location
from apps.stock.tests.partner import Partner

pytestmark = pytest.mark.django_db
ATTIC = {"code": "attic", "name": "Attic", "country": "FR", "latitude": 48.8, "longitude": 2.3}


@pytest.fixture
def partner():
    return Partner("stock:read", "stock:write")


def test_a_location_is_added_listed_and_shown(partner):
    made = partner.post("locations", ATTIC)
    assert made.status_code == 201
    shown = partner.get(made.headers["Location"])
    assert shown.json() == made.json()
    assert shown.headers["ETag"] == made.headers["ETag"]
    listed = partner.get("locations?limit=1").json()
    assert [place["code"] for place in listed["data"]] == ["attic"]
    rest = partner.get(f"locations?after={listed['page']['next']}").json()["data"]
    assert [place["code"] for place in rest] == ["main"]


def test_changes_only_what_was_seen(partner):
    seen = partner.post("locations", ATTIC).headers["ETag"]
    changed = partner.ask("PATCH", "locations/attic", {"priority": 5}, If_Match=seen)
    assert (changed.status_code, changed.json()["priority"]) == (200, 5)
    stale = partner.ask("PATCH", "locations/attic", {"enabled": False}, If_Match=seen)
    assert (stale.status_code, stale.headers["ETag"]) == (412, changed.headers["ETag"])
    assert partner.ask("PATCH", "locations/attic", {"enabled": False}).status_code == 428
    assert Location.objects.get(code="attic").enabled


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (ATTIC | {"code": "main"}, 409, "location-exists"),
        (ATTIC | {"code": "no slug!"}, 422, "body-invalid"),
        (ATTIC | {"latitude": 91}, 422, "body-invalid"),
        (ATTIC | {"longitude": None}, 422, "location-invalid"),
        (ATTIC | {"kind": "vendor"}, 422, "location-invalid"),
        (ATTIC | {"vendor": "acme"}, 422, "location-invalid"),
        (ATTIC | {"priority": 2**63}, 422, "body-invalid"),
    ],
)
def test_refuses_what_makes_no_location(partner, body, status, code):
    answer = partner.post("locations", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Location.objects.count() == 1


def test_needs_the_right(partner):
    assert Partner("stock:read", name="Reader").post("locations", ATTIC).status_code == 403
    assert Partner("stock:write", name="Writer").get("locations").status_code == 403
    assert partner.get("locations/moon").status_code == 404
