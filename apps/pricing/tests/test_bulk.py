"""Prices by the file and by the stream: what is sound is set, and the rest is told."""

import gzip
import json

import pytest
from django.core.management import CommandError, call_command

from apps.pricing.domain.entries import Flaw, Unusable, read_csv, read_ndjson
from apps.pricing.interface import Price, pricing
from apps.pricing.models import PriceList
from apps.pricing.service import bulk
from apps.pricing.tests.partner import Partner
from commerce.money import Money

pytestmark = pytest.mark.django_db
BULK = "/api/pricing/v1/prices:bulk"
HEAD = "sku,amount,currency,before,minimum,price_list,from_quantity\n"
BAD = {
    ",1,EUR": Flaw.NO_SKU,
    "A\0B,1,EUR": Flaw.BAD_SKU,
    f"{'x' * 256},1,EUR": Flaw.BAD_SKU,
    "MUG,,EUR": Flaw.BAD_AMOUNT,
    "MUG,-1,EUR": Flaw.BAD_AMOUNT,
    "MUG,NaN,EUR": Flaw.BAD_AMOUNT,
    "MUG,Infinity,EUR": Flaw.BAD_AMOUNT,
    "MUG,1.005,EUR": Flaw.BAD_AMOUNT,
    "MUG,1e99,EUR": Flaw.BAD_AMOUNT,
    "MUG,=1+1,EUR": Flaw.BAD_AMOUNT,
    "MUG,12,QQQ": Flaw.BAD_CURRENCY,
    "MUG,12,": Flaw.BAD_CURRENCY,
    "MUG,12,EUR,12": Flaw.BEFORE_NOT_MORE,
    "MUG,12,EUR,,13": Flaw.MINIMUM_NOT_LESS,
    "MUG,12,EUR,,,none": Flaw.UNKNOWN_LIST,
    "MUG,12,EUR,,,,0": Flaw.BAD_QUANTITY,
    "MUG,12,EUR,,,,1.5": Flaw.BAD_QUANTITY,
    "MUG,3.80,EUR": Flaw.DRIFT,
    "MUG,129,EUR": Flaw.DRIFT,
    "MUG,0,EUR": Flaw.DRIFT,
}


def eur(amount):
    return Money.of(amount, "EUR")


def unit(sku="MUG"):
    return pricing.prices(skus=(sku,), currency="EUR")[sku].unit


def tallied(text, **more):
    (tally,) = bulk.set_all(read_csv(text.splitlines(keepends=True)), **more)
    return tally


def test_sets_what_changes_and_counts_the_rest(prices):
    tally = tallied("sku;price;currency\nMUG;12,5;EUR\nTEE;25.00;EUR\nHAT;9;eur\n")
    assert (tally.changed, tally.same) == (1, 1)
    assert [(each.line, each.flaw) for each in tally.flawed] == [(2, Flaw.BAD_AMOUNT)]
    assert unit("HAT") == eur("9")


def test_sets_tiers_on_a_list_with_what_is_struck_out(prices):
    PriceList.objects.create(code="trade", name="Trade")
    tally = tallied(HEAD + "MUG,10.00,EUR,12.00,8.00,trade,1\nMUG,9.00,EUR,,,trade,10\n")
    assert tally.changed == 2
    found = pricing.prices(skus=("MUG",), currency="EUR")["MUG"]
    assert found == Price("MUG", eur("10"), eur("12"), "trade")


@pytest.mark.parametrize(("row", "flaw"), BAD.items())
def test_a_bad_row_changes_nothing_and_says_why(prices, row, flaw):
    tally = tallied(HEAD + row + "\nTEE,24.00,EUR\n")
    assert [(each.line, each.flaw) for each in tally.flawed] == [(2, flaw)]
    assert (unit(), unit("TEE")) == (eur("12.90"), eur("24"))


def test_a_price_that_jumps_is_set_when_it_is_meant(prices):
    assert tallied("sku,amount,currency\nMUG,129,EUR\n", any_drift=True).changed == 1
    assert unit() == eur("129")


def test_a_row_that_never_ends_ends_the_sheet(prices):
    tally = tallied('sku,amount,currency\nTEE,24,EUR\nMUG,"1\n,EUR\n')
    assert (tally.changed, [each.flaw for each in tally.flawed]) == (1, [Flaw.BROKEN])


@pytest.mark.parametrize("text", ["", "sku,amount\nMUG,1\n", '"sku,amount,currency\n'])
def test_what_is_no_sheet_of_prices_is_refused(text):
    with pytest.raises(Unusable):
        list(read_csv(text.splitlines(keepends=True)))


@pytest.mark.parametrize(
    "line", [b"[]", b"{", b'{"sku": "A"}', b"\xff", b'{"sku": "A", "amount": 1, "currency": "EUR"}']
)
def test_what_is_no_line_is_told_as_one(line):
    (entry,) = read_ndjson([line])
    assert (entry.line, entry.flaw) == (1, Flaw.BROKEN)


def written(folder, name, text):
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def imported(capsys, *arguments, fails=False):
    if fails:
        with pytest.raises(CommandError):
            call_command("import_prices", *map(str, arguments))
    else:
        call_command("import_prices", *map(str, arguments))
    return capsys.readouterr().out


@pytest.mark.parametrize("name", ["prices.csv", "prices.csv.gz", "prices.ndjson", "prices.JSONL"])
def test_the_command_reads_a_file_by_its_name(prices, tmp_path, capsys, name):
    json_line = json.dumps({"sku": "MUG", "amount": "11.00", "currency": "EUR"}) + "\n"
    text = json_line if "json" in name.lower() else "sku,amount,currency\nMUG,11.00,EUR\n"
    told = imported(capsys, written(tmp_path, name, text))
    assert "1 prices were changed, 0 were so already, 0 rows were left out." in told
    assert unit() == eur("11")


def test_the_command_tells_bad_rows_and_writes_them_down(prices, tmp_path, capsys):
    sheet = written(tmp_path, "p.csv", "sku,amount,currency\nMUG,11,EUR\nTEE,=cmd(),EUR\n")
    told = imported(capsys, sheet, "--report", tmp_path / "bad.csv", fails=True)
    assert "line 3: amount-invalid" in told
    assert (tmp_path / "bad.csv").read_text().splitlines()[1].startswith("3,amount-invalid,")
    assert unit() == eur("11")


def test_all_or_nothing_checks_the_whole_file_first(prices, tmp_path, capsys):
    sheet = written(tmp_path, "p.csv", "sku,amount,currency\nMUG,11,EUR\nTEE,-1,EUR\n")
    assert "1 rows are good" in imported(capsys, sheet, "--all-or-nothing", fails=True)
    assert unit() == eur("12.90")
    imported(capsys, sheet, "--dry-run", fails=True)
    assert unit() == eur("12.90")


@pytest.mark.parametrize(("name", "text"), [("p.txt", "x"), ("p.csv", "x\n"), ("p.csv", "\0")])
def test_the_command_refuses_what_is_no_file_of_prices(tmp_path, capsys, name, text):
    imported(capsys, written(tmp_path, name, text), fails=True)
    imported(capsys, tmp_path / "none.csv", fails=True)


@pytest.fixture
def partner():
    return Partner("pricing:read", "pricing:write")


def send(partner, *lines, policy=""):
    body = "\n".join(json.dumps(line) for line in lines).encode()
    return partner.post_lines(BULK + policy, body)


def line(amount="11.00", sku="MUG", **more):
    return {"sku": sku, "amount": amount, "currency": "EUR", **more}


def lines_of(answer):
    assert answer.status_code == 200
    return [json.loads(each) for each in b"".join(answer.streaming_content).splitlines()]


def heard(answer):
    return [each["status"] for each in lines_of(answer)]


def test_partners_set_many_prices_and_hear_of_each(prices, partner):
    answer = send(
        partner, line(), line("-1"), line("24", "TEE"), policy="?error_policy=skip_failed"
    )
    told = lines_of(answer)
    assert [each["status"] for each in told] == ["set", "refused", "set"]
    assert told[1]["errors"][0]["code"] == "amount-invalid"
    assert (unit(), unit("TEE")) == (eur("11"), eur("24"))


def test_partners_set_all_or_none(prices, partner):
    answer = send(partner, line(), line("99", "TEE"))
    assert (answer.status_code, answer.json()["code"]) == (422, "prices-rejected")
    (error,) = answer.json()["errors"]
    assert (error["code"], error["meta"]) == ("price-drift", {"line": 2})
    assert unit() == eur("12.90")
    assert heard(send(partner, line(), line("99", "TEE"), policy="?any_drift=true")) == ["set"] * 2
    assert (unit(), unit("TEE")) == (eur("11"), eur("99"))


def test_partners_read_change_and_remove_prices(prices, partner):
    answer = partner.get("/api/pricing/v1/prices?sku=MUG,TEE&currency=EUR&price_list=standard")
    assert answer.status_code == 200, answer.content
    mug, _tee = answer.json()["data"]
    assert mug["price"] == {"amount": "12.90", "currency": "EUR"}
    place = f"/api/pricing/v1/prices/{mug['id']}"
    read = partner.get(place)
    assert read.json() == mug
    changed = partner.put(place, {"amount": "129.00"}, read["ETag"])
    assert changed.json()["price"] == {"amount": "129.00", "currency": "EUR"}
    assert partner.put(place, {"amount": "5.00"}, read["ETag"]).status_code == 412
    assert partner.put(place, {"amount": "-5.00"}, changed["ETag"]).status_code == 422
    assert unit() == eur("129")
    assert partner.drop(place, read["ETag"]).status_code == 412
    assert partner.drop(place, changed["ETag"]).status_code == 204
    assert partner.get(place).status_code == 404
    assert partner.drop(place, changed["ETag"]).status_code == 404
    assert pricing.prices(skus=("MUG",), currency="EUR") == {}


def test_who_only_reads_sets_nothing(prices):
    assert send(Partner("pricing:read"), line()).status_code == 403
    assert unit() == eur("12.90")
