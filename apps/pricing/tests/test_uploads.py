"""Prices by the file: looked through, set by workers, and what was left out is told."""

import gzip
import json

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.pricing.interface import pricing
from apps.pricing.models import Batch, Coupon
from apps.pricing.rest import coupons as coupons_door
from apps.pricing.rest import prices as prices_door
from apps.pricing.service import bulk, works
from apps.pricing.tests.offers import promote
from apps.pricing.tests.partner import Partner
from commerce.money import Money
from commerce.operations import tasks
from commerce.operations.models import Operation

pytestmark = pytest.mark.django_db
UPLOAD = "/admin/pricing/price/upload/"
SHEET = "sku;amount;currency\nMUG;11.00;EUR\nTEE;NaN;EUR\nHAT;9.00;QQQ\nBOOK;99;EUR\nCAP;7;EUR\n"
ASTRAY = "The price changes very much: a comma may have gone astray."
BULK = "prices:bulk?error_policy=skip_failed"


@pytest.fixture(autouse=True)
def shop(prices):
    """Have prices to change."""


def send(browser, content=SHEET, name="spring.csv", **more):
    told = content if isinstance(content, bytes) else content.encode()
    form = {"file": SimpleUploadedFile(name, told)} | more
    return browser.post(UPLOAD, form, follow=True)


def unit(sku="MUG"):
    found = pricing.prices(skus=(sku,), currency="EUR")
    return found[sku].unit if sku in found else None


def eur(amount):
    return Money.of(amount, "EUR")


def page_of(browser):
    return browser.get(f"/admin/operations/operation/{Operation.objects.get().pk}/change/")


def text_of(answer):
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_a_file_is_looked_through_set_and_read_again(admin_client):
    page = send(admin_client)
    assert (page.headers["Refresh"], page.status_code) == ("2", 200)
    assert "Looking through it: 0 %" in page.text
    tasks.go_on()
    page = page_of(admin_client)
    assert "Refresh" not in page.headers
    for words in (
        "Nothing has changed yet",
        "good prices: <b>2</b>",
        "lines left out: <b>3</b>",
        "An amount is no amount of its currency.",
        "There is no such currency.",
        "a comma may have gone astray",
        "21.10 EUR until now",
    ):
        assert words in page.text
    assert unit() == eur("12.90")
    place = f"/admin/operations/operation/{Operation.objects.get().pk}"
    assert admin_client.get(f"{place}/again/").status_code == 403
    admin_client.post(f"{place}/again/")
    tasks.go_on()
    page = page_of(admin_client)
    assert "prices that changed: <b>2</b>" in page.text
    assert (unit(), unit("CAP"), unit("BOOK")) == (eur("11"), eur("7"), eur("21.10"))
    assert text_of(admin_client.get(f"{place}/refused.csv")).splitlines() == [
        "Line,Code,Why,Details",
        "3,amount-invalid,An amount is no amount of its currency.,NaN is no amount of EUR",
        "4,unknown-currency,There is no such currency.,QQQ",
        f"5,price-drift,{ASTRAY},21.10 EUR until now",
    ]
    assert "spring.csv" in admin_client.get("/admin/operations/operation/").text


@pytest.mark.parametrize("packed", [False, True])
def test_lines_are_counted_through_all_parts(admin_client, monkeypatch, packed):
    monkeypatch.setattr(bulk, "BATCH", 2)
    lines = [json.dumps({"sku": f"S{n}", "amount": "1.00", "currency": "EUR"}) for n in range(5)]
    content = "\n".join([*lines, "", "nonsense", *lines[:1]]).encode()
    name = "p.ndjson.gz" if packed else "p.ndjson"
    send(admin_client, gzip.compress(content) if packed else content, name)
    tasks.go_on()
    mine = Operation.objects.get()
    assert (mine.steps, mine.figures) == (4, {"good": 6})
    assert [(each.line, each.code) for each in mine.refusals.all()] == [(7, "row-broken")]


def test_lines_of_a_sheet_are_counted_through_all_parts(admin_client, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 2)
    rows = ["sku,amount,currency", "A,1,EUR", '"B\nB",1,EUR', "C,1,EUR", "D,x,EUR"]
    send(admin_client, "\r\n".join(rows))
    tasks.go_on()
    mine = Operation.objects.get()
    refused = [(each.line, each.code) for each in mine.refusals.order_by("line")]
    assert refused == [(3, "sku-invalid"), (6, "amount-invalid")]
    assert mine.figures == {"good": 2}


def test_very_much_may_change_if_the_merchant_says_so(admin_client):
    send(admin_client, "sku,amount,currency\nBOOK,99,EUR\n", any_drift="on")
    tasks.go_on()
    assert Operation.objects.get().refused == 0


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        ("sku,amount\nMUG,1\n", "p.csv", "has to name the columns"),
        ("", "p.csv", "The submitted file is empty."),
        (b"\xff\xfe\x00", "p.csv", "is not UTF-8"),
        (SHEET, "p.xlsx", "has to end with .csv or .ndjson"),
        (SHEET, "p.csv.gz", "cannot be unpacked"),
        ("x" * 70_000, "p.ndjson", "A line never ends."),
        (None, "", "This field is required."),
    ],
)
def test_says_why_a_file_cannot_be_read(admin_client, content, name, words):
    page = admin_client.post(UPLOAD, {}) if content is None else send(admin_client, content, name)
    assert page.status_code == 200
    assert words in page.text
    assert not Operation.objects.exists()


def test_a_worker_that_dies_leaves_the_rest_to_another(admin_client, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 2)
    rows = "".join(f"S{n},1.00,EUR\n" for n in range(6))
    send(admin_client, f"sku,amount,currency\n{rows}")
    tasks.go_on()
    mine = Operation.objects.get()
    admin_client.post(f"/admin/operations/operation/{mine.pk}/again/")
    write, calls = bulk.lists.write, []

    def dying(prices):
        calls.append(write(prices))
        if len(calls) == 2:
            raise SystemExit
        return calls[-1]

    monkeypatch.setattr(bulk.lists, "write", dying)
    with pytest.raises(SystemExit):
        tasks.go_on()
    assert (unit("S1"), unit("S2")) == (eur("1"), None)
    tasks.go_on()
    mine.refresh_from_db()
    assert mine.figures == {"changed": 6, "same": 0}
    assert unit("S5") == eur("1")


def test_only_those_who_may_change_prices_see_it(client, admin_client):
    send(admin_client)
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    assert client.get(UPLOAD).status_code == 403
    assert client.get("/admin/operations/operation/").status_code == 403
    place = f"/admin/operations/operation/{Operation.objects.get().pk}"
    for what in ("again", "cancel"):
        assert client.post(f"{place}/{what}/").status_code == 404
    assert client.get(f"{place}/refused.csv").status_code == 404


def lines(*skus):
    told = ({"sku": sku, "amount": "1.00", "currency": "EUR"} for sku in skus)
    return "\n".join(map(json.dumps, told))


def test_partners_leave_many_lines_to_the_workers(monkeypatch):
    monkeypatch.setattr(prices_door, "MOST_ANSWERED", 2)
    agency = Partner("pricing:write", "pricing:read")
    few = agency.post_lines(BULK, lines("A", "B"))
    assert (few.status_code, len(few.getvalue().splitlines())) == (200, 2)
    answer = agency.post_lines(BULK, lines("A", "B", "C") + "\nnonsense")
    assert (answer.status_code, answer.headers["Retry-After"]) == (202, "2")
    place = answer.headers["Location"]
    assert answer.json()["status"] == "pending"
    tasks.go_on()
    told = agency.get(place)
    assert "Retry-After" not in told.headers
    body = told.json()
    assert (body["status"], body["result"]) == ("succeeded", {"changed": 1, "same": 2})
    assert (body["refused"], body["progress"]) == (1, {"done": 1, "steps": 1})
    page = agency.get(f"{place}/refusals").json()
    assert [(each["line"], each["code"]) for each in page["data"]] == [(4, "row-broken")]
    assert unit("C") == eur("1")
    assert Partner("pricing:write", name="Other").get(place).status_code == 404
    assert agency.ask("delete", place).json()["code"] == "operation-finished"


def test_the_same_key_begins_one_operation():
    agency = Partner("pricing:write")
    named = {"Content_Type": "application/x-ndjson", "Idempotency_Key": "a-key-of-mine"}
    first, second = (
        agency.ask("post", BULK, lines("A"), Prefer="respond-async", **named) for _ in "12"
    )
    assert first.headers["Location"] == second.headers["Location"]
    assert agency.ask("delete", first.headers["Location"]).status_code == 204
    tasks.go_on()
    assert agency.get(first.headers["Location"]).json()["status"] == "cancelled"
    assert unit("A") is None


def test_many_coupons_are_issued_by_workers(monkeypatch):
    monkeypatch.setattr(coupons_door, "AT_ONCE", 5)
    monkeypatch.setattr(works, "CODES_IN_A_STEP", 4)
    promote(by_coupon=True)
    agency = Partner("pricing:write", "pricing:read")
    body = {"count": 10, "prefix": "MAY-", "name": "May"}
    answer = agency.post("promotions/sale/coupons:bulk", body, key="may")
    assert agency.post("promotions/sale/coupons:bulk", body, key="may").status_code == 202
    assert (answer.status_code, Coupon.objects.count()) == (202, 0)
    tasks.go_on()
    told = agency.get(answer.headers["Location"]).json()
    batch = told["result"]["batch"]
    assert (told["status"], told["result"]["issued"], told["progress"]["steps"]) == (
        "succeeded",
        10,
        3,
    )
    assert Coupon.objects.filter(code__startswith="MAY-", batch=Batch.objects.get()).count() == 10
    assert len(agency.get(f"promotions/sale/coupons?batch={batch}").json()["data"]) == 10


def test_a_batch_that_was_deleted_gets_no_coupons(monkeypatch):
    monkeypatch.setattr(coupons_door, "AT_ONCE", 5)
    promote(by_coupon=True)
    agency = Partner("pricing:write")
    agency.post("promotions/sale/coupons:bulk", {"count": 10})
    Batch.objects.all().delete()
    tasks.go_on()
    assert Operation.objects.get().state == Operation.State.DONE
    assert not Coupon.objects.exists()
