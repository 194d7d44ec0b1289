import pytest

from commerce import addresses


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("2A00:1450:4007:0:0:0:0:1", "2a00:1450:4007::1"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("::FFFF:808:808", "8.8.8.8"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_every_address_is_written_in_one_way(text, plain):
    assert addresses.write(addresses.read(text)) == plain


@pytest.mark.parametrize(
    "text",
    ["", "unix:", "8.8.8", "8.8.8.8 ", "08.8.8.8", "8.8.8.256", "٨.8.8.8", "8.8.8.8\0", "g::"],
)
def test_nothing_else_is_an_address(text):
    with pytest.raises(ValueError, match=r".+"):
        addresses.read(text)
