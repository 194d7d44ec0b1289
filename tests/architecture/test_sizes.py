"""Rooms stay small enough to take in at a glance."""

from tests.architecture.house import PRODUCT, ROOT, functions


def test_no_file_is_longer_than_400_lines():
    long = [p for p in PRODUCT if len(p.read_text().splitlines()) > 400]
    assert [str(p.relative_to(ROOT)) for p in long] == []


def test_no_function_is_longer_than_40_lines():
    long = [
        f"{path.relative_to(ROOT)}:{function.name}"
        for path in PRODUCT
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > 40
    ]
    assert long == []
