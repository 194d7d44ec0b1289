import pytest

from apps.stock.models import Location, Movement
from apps.stock.tests.partner import Partner
from apps.stock.tests.shelf import commit, level, reserve
from commerce import ids

pytestmark = pytest.mark.usefixtures("shelf")


@pytest.fixture
def partner(db):
    return Partner("stock:read", "stock:write")


@pytest.fixture
def attic(db):
    return Location.objects.create(code="attic", name="Attic").code


def told(kind="received", quantity=2, sku="MUG", **more):
    return {"kind": kind, "lines": [{"sku": sku, "quantity": quantity}], **more}


def codes(answer):
    problem = answer.json()
    return answer.status_code, problem["code"], [error["code"] for error in problem["errors"]]


def test_a_delivery_is_written_down(partner):
    answer = partner.post("movements", told(reference="note 17", reason="Monday"))
    assert answer.status_code == 201
    assert answer.json() == {
        "data": [
            {"sku": "MUG", "location": "main", "status": "done", "difference": 2, "on_hand": 5}
        ],
        "reference": "note 17",
    }
    step = Movement.objects.get(reference="note 17")
    assert (step.actor, step.reason) == ("Warehouse", "Monday")


def test_the_key_is_the_reference_of_whoever_gives_none(partner):
    partner.post("movements", told(), key="one")
    Partner("stock:write", name="Another").post("movements", told(), key="one")
    assert level("MUG") == (7, 0, 0)
    assert Movement.objects.filter(reference__startswith="api:").count() == 2


def test_works_once_even_when_redis_forgets_the_key(partner):
    partner.post("movements", told(reference="note 17"))
    again = partner.post("movements", told(reference="note 17"))
    assert again.json()["data"][0]["status"] == "repeated"
    assert level("MUG") == (5, 0, 0)


def test_the_same_sku_twice_is_added_up(partner):
    lines = [{"sku": "MUG", "quantity": 1}, {"sku": "MUG", "quantity": 4}]
    partner.post("movements", told() | {"lines": lines})
    assert level("MUG") == (8, 0, 0)


def test_goods_move_between_locations(partner, attic):
    assert partner.post("movements", told("moved", to=attic)).status_code == 201
    assert partner.get("availability?sku=MUG&location=attic").json()["data"][0]["free"] == 2


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (told("corrected", -4, reason="broken"), (409, "level-below-zero")),
        (told("corrected", -3, reason="broken"), (409, "level-below-promised")),
        (told("counted", 0), (409, "level-below-promised")),
        (told("moved", 4, to="attic"), (409, "level-below-zero")),
        (told(sku="NOBODY-HAS-THIS"), (422, "sku-unknown")),
        (told(location="moon"), (422, "location-unknown")),
        (told("moved", to="moon"), (422, "location-unknown")),
        (told("received", -1), (422, "movement-invalid")),
        (told("received", 0), (422, "movement-invalid")),
        (told("corrected", -1), (422, "movement-invalid")),
        (told("moved", 1), (422, "movement-invalid")),
        (told("moved", 1, to="main"), (422, "movement-invalid")),
        (told("sold", 1), (422, "body-invalid")),
        (told(quantity=10**9 + 1), (422, "body-invalid")),
        (told(quantity=2**63), (422, "body-invalid")),
        (told(quantity=1.5), (422, "body-invalid")),
        (told(quantity="two"), (422, "body-invalid")),
        (told(quantity=None), (422, "body-invalid")),
        (told(sku=""), (422, "body-invalid")),
        (told(sku="M\0G"), (422, "body-invalid")),
        (told(reference="x" * 256), (422, "body-invalid")),
        (told() | {"lines": []}, (422, "body-invalid")),
        (told() | {"lines": [{"sku": "MUG", "quantity": 1}] * 501}, (422, "body-invalid")),
        (told() | {"lines": [{"sku": "MUG", "quantity": 1}] * 10_000}, (422, "body-invalid")),
        (told(price=3), (422, "body-invalid")),
        (b'{"kind": "received", "lines": [{"quantity": NaN}]}', (400, "malformed-json")),
        (b'{"kind": "received", "lines": [', (400, "malformed-json")),
        (b"\xff\xfe", (400, "malformed-json")),
    ],
)  # fmt: skip
def test_what_is_wrong_changes_nothing(partner, attic, alice, body, expected):
    reserve(alice, MUG=1)
    answer = partner.post("movements", body)
    assert codes(answer)[:2] == expected
    assert "Traceback" not in answer.content.decode()
    assert level("MUG") == (3, 1, 0)
    assert Movement.objects.count() == 2


def test_tells_everything_that_is_wrong_at_once(partner, alice):
    reserve(alice, MUG=1)
    lines = [{"sku": sku, "quantity": -3} for sku in ("TEE", "MUG")]
    answer = partner.post("movements", told("corrected", reason="flood") | {"lines": lines})
    errors = answer.json()["errors"]
    assert [(error["pointer"], error["code"]) for error in errors] == [
        ("/lines/0", "level-below-zero"),
        ("/lines/1", "level-below-promised"),
    ]
    assert errors[1]["meta"] == {"sku": "MUG", "location": "main", "on_hand": 3, "promised": 1}


@pytest.mark.parametrize("scopes", [(), ("stock:read",), ("orders:write",)])
def test_needs_the_right_to_write(scopes):
    answer = Partner(*scopes).post("movements", told())
    assert codes(answer)[:2] == (403, "scope-missing")


def test_a_forged_key_opens_nothing(partner):
    partner.key = "sk_forged"
    assert partner.post("movements", told()).status_code == 401


def test_needs_an_idempotency_key(partner):
    assert codes(partner.ask("POST", "movements", told()))[1] == "idempotency-key-missing"


def test_the_ledger_is_read_page_by_page(partner, bob, order):
    commit(order, bob, MUG=1)
    steps, place = [], "movements?limit=2"
    while place:
        answer = partner.get(place).json()
        steps += answer["data"]
        after = answer["page"]["next"]
        place = f"movements?limit=2&after={after}" if after else ""
    assert [(step["sku"], step["kind"]) for step in steps] == [
        ("MUG", "counted"),
        ("TEE", "counted"),
        ("MUG", "sold"),
    ]
    assert steps[-1]["reference"] == ids.public("ord", order)


def test_the_ledger_is_read_by_what_one_looks_for(partner, bob, order):
    commit(order, bob, MUG=1)
    for query in (f"reference={ids.public('ord', order)}", "kind=sold", "sku=MUG&kind=sold"):
        [step] = partner.get(f"movements?{query}").json()["data"]
        assert (step["sku"], step["allocated"]) == ("MUG", 1)
    assert partner.get("movements?sku=CAP").json()["data"] == []
    assert codes(partner.get("movements?after=forged"))[1] == "cursor-invalid"
    assert partner.get("movements?limit=1000000000").status_code == 400
