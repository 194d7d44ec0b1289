import io

import pytest
from django.core.management import CommandError, call_command

from apps.stock.domain.moves import Kind
from apps.stock.domain.sheets import Unusable
from apps.stock.management.commands import stock_csv
from apps.stock.models import Movement, Upload
from apps.stock.service import uploads
from apps.stock.tasks import make_uploads
from apps.stock.tests.shelf import level, reserve
from commerce.sheets import harmless

pytestmark = pytest.mark.usefixtures("shelf")


def upload(text, kind=Kind.COUNTED, **more):
    sheet = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    return uploads.upload(sheet, kind=kind, name="f.csv", reason="Monday", actor="carol", **more)


def made(text, kind=Kind.COUNTED, **more):
    sheet = upload(text, kind, **more)
    uploads.release(sheet.pk)
    make_uploads()
    sheet.refresh_from_db()
    return sheet


def told(sheet):
    return [(row.line, row.outcome) for row in uploads.told(sheet.pk)]


def test_nothing_changes_until_a_sheet_is_released():
    sheet = upload("sku,quantity\nMUG,9\n")
    make_uploads()
    assert (sheet.state, sheet.rows, sheet.bad, level("MUG")) == ("tried", 1, 0, (3, 0, 0))


def test_makes_every_good_row_with_its_reason():
    sheet = made("sku;quantity;reason\nMUG;9;Found some\n\nTEE;0;\nHAT;1;\n")
    assert told(sheet) == [(2, "done"), (4, "done"), (5, "sku-unknown")]
    assert (sheet.state, sheet.seen, sheet.bad) == ("done", 2, 1)
    assert (level("MUG"), level("TEE")) == ((9, 0, 0), (0, 0, 0))
    steps = Movement.objects.filter(reference=f"upload:{sheet.pk}").order_by("sku")
    assert [(step.reason, step.actor) for step in steps] == [
        ("Found some", "carol"),
        ("Monday", "carol"),
    ]


def test_the_same_sku_twice_is_added_up():
    made("sku,quantity\nMUG,2\nMUG,5\n")
    assert level("MUG") == (7, 0, 0)
    made("sku,quantity\nMUG,2\nTEE,1\nMUG,5\n", Kind.RECEIVED)
    assert level("MUG") == (14, 0, 0)


def test_what_was_made_is_not_made_again():
    sheet = made("sku,quantity\nMUG,2\n", Kind.RECEIVED)
    Upload.objects.update(state="released", at_sku="", at_location="")
    sheet.lines.update(outcome="")
    make_uploads()
    assert level("MUG") == (5, 0, 0)
    assert told(sheet) == [(2, "repeated")]


def test_a_count_below_what_is_promised_is_seen_before_and_refused_after(alice):
    reserve(alice, MUG=2)
    sheet = upload("sku,quantity\nMUG,1\nTEE,4\n")
    assert uploads.too_low(sheet, most=9) == [("MUG", "main", 1, 2)]
    uploads.release(sheet.pk)
    make_uploads()
    assert told(sheet) == [(2, "level-below-promised"), (3, "done")]


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ("MUG,-1", "quantity-too-low"),
        ("MUG,0", "quantity-too-low"),
        ("MUG,1.5", "quantity-not-whole"),
        ("MUG,two", "quantity-not-whole"),
        ("MUG,NaN", "quantity-not-whole"),
        ("MUG,1e3", "quantity-not-whole"),
        ("MUG,", "quantity-not-whole"),
        ("MUG,\u0661", "quantity-not-whole"),
        ("MUG,1000000001", "quantity-too-high"),
        (f"MUG,{2**63}", "quantity-not-whole"),
        (",1", "sku-missing"),
        ("=1+1,1", "formula"),
        ("MUG,1,main,=cmd", "formula"),
        ("M\0G,1", "character-not-allowed"),
        ("M" * 256 + ",1", "text-too-long"),
        ("MUG,1,moon", "location-unknown"),
        ("NOBODY-HAS-THIS,1", "sku-unknown"),
        ('"MUG,1\nTEE,3\n', "row-broken"),
    ],
)
def test_tells_every_bad_row_by_its_line(row, outcome):
    sheet = made(f"sku,quantity,location,reason\nTEE,2\n{row}", Kind.RECEIVED)
    assert told(sheet) == [(2, "done"), (3, outcome)]
    assert (level("MUG"), level("TEE")) == ((3, 0, 0), (3, 0, 0))


@pytest.mark.parametrize(
    ("sheet", "reason"),
    [
        ("", "columns-missing"),
        ("name,price\nMUG,1\n", "columns-missing"),
        ('"sku,quantity\n', "header-broken"),
        ("sku,quantity\nTÉE,1\n".encode("latin-1"), "not-utf-8"),
        ("sku,quantity\n".encode("utf-16"), "not-utf-8"),
        ("x" * 70_000, "line-too-long"),
        ("sku,quantity\nMUG,1\nMUG,1\n", "too-many-rows"),
    ],
)
def test_refuses_what_is_no_sheet(sheet, reason):
    with pytest.raises(Unusable) as refusal:
        upload(sheet, most=1)
    assert refusal.value.reason == reason
    assert not Upload.objects.exists()


def test_sums_beyond_a_level_are_refused():
    sheet = made("sku,quantity\n" + "MUG,1000000000\n" * 3, Kind.RECEIVED)
    assert {outcome for _, outcome in told(sheet)} == {"level-too-high"}


def test_what_is_downloaded_may_be_uploaded(tmp_path, capsys):
    file = tmp_path / "levels.csv"
    call_command("stock_csv", "download", str(file))
    assert file.read_text() == (
        "sku,location,on_hand,held,promised,free,policy\n"
        "MUG,main,3,0,0,3,tracked\nTEE,main,1,0,0,1,tracked\n"
    )
    file.write_text(file.read_text().replace("MUG,main,3", "MUG,main,8"))
    call_command("stock_csv", "upload", str(file), "--kind=counted", "--reason=Monday")
    assert "2 of 2 rows" in capsys.readouterr().out
    assert level("MUG") == (8, 0, 0)


def test_the_command_says_how_far_it_is(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(stock_csv, "PAUSE", 0)
    monkeypatch.setattr(uploads, "BATCH", 1)
    file = tmp_path / "counts.csv"
    file.write_text("sku,quantity\nMUG,9\nTEE,1\n")
    call_command("stock_csv", "upload", str(file), "--kind=counted", "--reason=Monday")
    progress = capsys.readouterr().err.splitlines()
    assert progress[0].startswith("Reading ")
    assert progress[1:] == ["1 of 2 rows so far", "2 of 2 rows so far"]


def test_the_command_tells_bad_rows_and_tries_without_a_trace(tmp_path, capsys):
    file = tmp_path / "counts.csv"
    file.write_text("sku,quantity\nMUG,9\nNOBODY,1\n")
    with pytest.raises(CommandError) as end:
        call_command(
            "stock_csv", "upload", str(file), "--kind=counted", "--reason=Try", "--dry-run"
        )
    assert end.value.returncode == 1
    assert "line 3: NOBODY: sku-unknown" in capsys.readouterr().out
    assert level("MUG") == (3, 0, 0)
    assert not Upload.objects.exists()
    with pytest.raises(CommandError) as end:
        call_command("stock_csv", "upload", str(tmp_path), "--kind=counted", "--reason=Try")
    assert end.value.returncode == 2


@pytest.mark.parametrize("first", "=+-@\t\r\n＝＋－＠")
def test_no_cell_is_a_formula(first):
    assert harmless(f"{first}1+1") == f"'{first}1+1"


def test_a_harmless_cell_is_read_as_it_was(shelf):
    sheet = upload("sku,quantity\n'=MUG,1\n")
    assert [row.sku for row in uploads.told(sheet.pk)] == ["=MUG"]
