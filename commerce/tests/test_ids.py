from uuid import UUID

import pytest

from commerce import ids

LEAST, MOST = "0" * 26, "7" + "Z" * 25


@pytest.mark.parametrize(
    ("number", "letters"),
    [
        (0, LEAST),
        (2**128 - 1, MOST),
        (0x0123456789ABCDEF0123456789ABCDEF, "014D2PF2DBSQQG28T5CY4TQKFF"),
    ],
)
def test_an_id_is_written_as_a_ulid_and_read_again(number, letters):
    assert ids.public("cart", UUID(int=number)) == f"cart_{letters}"
    assert ids.parse("cart", f"cart_{letters}") == UUID(int=number)


def test_ids_sort_by_time():
    first = [ids.public("cart", ids.new())[:15] for _ in range(3)]
    assert first == sorted(first)


@pytest.mark.parametrize(
    "text",
    [
        *("", "cart", "cart_", LEAST, f"order_{LEAST}", f"Cart_{LEAST}", f"cart_{LEAST}0"),
        *(f"cart_{LEAST[1:]}", f"cart_8{LEAST[1:]}", f"cart_{MOST.lower()}", f"cart_{LEAST}\n"),
        *(f"cart_{LEAST[1:]}{letter}" for letter in "ILOU_+- -٣é\0"),
    ],
)
def test_nothing_else_is_an_id(text):
    with pytest.raises(ids.UnknownId):
        ids.parse("cart", text)
