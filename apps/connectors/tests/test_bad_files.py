"""Files that are broken as a whole or in the middle: a plain message, and nothing half done."""

import gzip

import pytest

from apps.catalog.interface import catalog

pytestmark = pytest.mark.django_db
GOOD = b"sku,name\nA,Apple\n"


def keys():
    return sorted(product.draft.key for product in catalog.batch().products)


@pytest.mark.parametrize("format", ["magento", "ndjson"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b" \n\n", "The file is empty."),
        (b"PK\x03\x04\0\0", "This is no text file"),
        (gzip.compress(GOOD, mtime=0), "This is no text file"),
        (GOOD.decode().encode("utf-16"), "UTF-16"),
        (GOOD.replace(b"\n", b"\r"), "line feeds"),
    ],
)
def test_refuses_what_is_no_text(run, format, content, said):
    done = run(content, format=format)
    assert done.code == 2
    assert said in done.said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"email,name\nx,y\n", "names no column 'sku'"),
        (b"sku;name\nA;Apple\n", "Try again with --separator ';'"),
        (b"sku\tname\nA\tApple\n", r"Try again with --separator '\t'"),
        (b"sku,name,Name\nA,B,C\n", "'name' stands twice"),
        (b'"sku,name\nA,Apple\n', "names no column 'sku'"),
    ],
)
def test_refuses_a_table_it_cannot_read(run, content, said):
    done = run(content)
    assert done.code == 2
    assert said in done.said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'[{"key": "A"}]', "NDJSON has one object on each line"),
        (GOOD, "--format magento"),
    ],
)
def test_refuses_what_is_no_ndjson(run, content, said):
    done = run(content, format="ndjson")
    assert done.code == 2
    assert said in done.said


def test_says_why_a_file_cannot_be_opened(run, tmp_path):
    assert "No such file" in run(tmp_path / "none.csv").said
    assert "Is a directory" in run(tmp_path).said
    assert run(tmp_path).code == 2


def test_says_why_the_report_cannot_be_written(run, tmp_path):
    done = run(GOOD, report=tmp_path)
    assert (done.code, keys()) == (2, [])


def test_reads_with_the_separators_it_is_told(run):
    done = run(
        b"sku;name;categories\nA;Apple;Root/Fruit|Root/Food\n", separator=";", values_separator="|"
    )
    assert done.code == 0
    assert set(catalog.find(codes=("A",))[0].draft.categories) == {"Fruit", "Food"}


def test_byte_order_mark_is_no_part_of_a_name(run):
    assert run(b"\xef\xbb\xbf" + GOOD).code == 0


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_counts_lines_inside_quotes_and_empty_ones(run, end):
    rows = [b"sku,name", b'A,"Two', b'lines"', b"", b"B,,too,many", b"C"]
    done = run(end.join(rows) + end)
    assert [line.partition(":")[0] for line in done.lines] == ["line 5", "line 6"]
    assert keys() == ["A"]


def test_half_a_row_is_bad_and_those_before_it_are_good(run):
    done = run(b'sku,name,price\nA,Apple,1\nB,"Ban')
    assert done.lines == [f"line 3: B: {INSIDE_A_QUOTE}"]
    assert (done.code, keys()) == (1, ["A"])


INSIDE_A_QUOTE = "The file ends, or a cell grows too large, inside a quote that opens in this row."


def test_quote_that_is_never_closed_takes_the_rest_with_it(run):
    done = run(b'sku,name\nA,Apple\nB,"Banana\nC,Cherry\nD,Date\n')
    assert done.lines == [f"line 3: B: {INSIDE_A_QUOTE}"]
    assert keys() == ["A"]


def test_endless_cell_ends_the_reading(run):
    done = run(b'sku,name\nA,Apple\nB,"' + (b"x" * 1_000 + b"\n") * 17_000)
    assert done.lines == [f"line 3: {INSIDE_A_QUOTE}"]
    assert keys() == ["A"]


def test_huge_cell_is_bad_and_the_next_row_is_good(run):
    done = run(b"sku,name\nA," + b"x" * 2_000_000 + b"\nB,Banana\n")
    assert done.lines == ["line 2: A: A cell has more than 1048576 characters."]
    assert keys() == ["B"]


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Café".encode("latin-1"), "A cell is not written in UTF-8. Save the file as UTF-8."),
        (b"a\0b", "A cell holds a NUL byte."),
        (b"a\rb", "The row holds a carriage return outside quotes."),
    ],
)
def test_row_with_strange_bytes_is_bad_and_the_next_one_good(run, cell, said):
    filler = b"F,Filler\n" * 10_000  # so that what comes after it is not seen at a first glance
    done = run(b"sku,name\n" + filler + b"A," + cell + b"\nB,Banana\n")
    bad = [line for line in done.lines if line.startswith("line")]
    assert [line.endswith(said) for line in bad] == [True]
    assert bad[0].startswith("line 10002:")
    assert keys() == ["B", "F"]


def test_a_thousand_bad_rows_are_all_reported(run):
    done = run(b"sku,name,price\n" + b"A,Apple,dear\n" * 1_000)
    assert len(done.lines) == done.figure("bad rows") == 1_000


def test_output_holds_nothing_a_terminal_obeys(run):
    done = run(b"sku,name,price\nA,Apple,\x1b[2Jtwo\n")
    assert "\x1b" not in done.said


@pytest.mark.parametrize("line", [b"{" * 100_000, b"\xff", b"3", b"{}", b'{"key": 1}', b"nonsense"])
def test_line_that_is_no_product_is_bad_and_the_next_one_good(run, line):
    good = b'{"key": "B", "kind": "simple", "name": {"en": "Banana"}, "slug": "banana"}\n'
    done = run(
        good.replace(b'"B', b'"A').replace(b"banana", b"apple") + line + b"\n" + good, "ndjson"
    )
    assert done.code == 1
    assert [each.partition(":")[0] for each in done.lines] == ["line 2"]
    assert keys() == ["A", "B"]
