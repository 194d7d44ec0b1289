import pytest
from django.http import HttpResponse

from commerce import origin
from commerce.origin import OriginMiddleware, block_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("8.8.8.8", "8.8.8.200"),
        ("8.8.8.8", "::ffff:8.8.8.8"),
        ("2a00:1450:4007::1", "2a00:1450:4007:99::7"),
    ],
)
def test_neighbours_come_from_one_block(one, other):
    assert block_of(one) == block_of(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("8.8.8.8", "8.8.9.8"),
        ("::ffff:8.8.8.8", "::ffff:8.8.9.8"),
        ("2a00:1450:4007::1", "2a00:1450:4008::1"),
    ],
)
def test_strangers_do_not(one, other):
    assert block_of(one) != block_of(other)


@pytest.mark.parametrize(
    "nobody",
    [
        *("0.0.0.0", "10.0.0.0", "10.1.2.3", "10.255.255.255", "100.64.0.0", "127.0.0.1"),
        *("172.31.255.255", "192.168.0.1", "203.0.113.255", "240.0.0.0", "255.255.255.255"),
        *("::", "::1", "::ffff:10.1.2.3", "2001:db8::", "fc00::", "febf:ffff::1", "", "unix:"),
    ],
)
def test_a_proxy_nobody_declared_makes_no_crowd(nobody):
    assert block_of(nobody) == ""


@pytest.mark.parametrize(
    "somebody",
    [
        *("1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.1.1.1"),
        *("128.0.0.0", "172.32.0.0", "203.0.112.255", "203.0.114.0", "239.255.255.255"),
        *("::2", "::ffff:8.8.8.8", "2001:db9::", "fbff::1", "fec0::"),
    ],
)
def test_everybody_else_comes_from_somewhere(somebody):
    assert block_of(somebody) != ""


def test_the_name_tells_no_address_and_needs_the_secret(settings):
    before = block_of("8.8.8.8")
    assert "8.8" not in before
    settings.SECRET_KEY = "another" * 8
    assert block_of("8.8.8.8") != before


@pytest.mark.parametrize(("limits", "known"), [(True, True), (False, False)])
def test_a_request_carries_its_block(rf, settings, limits, known):
    settings.LIMITS = limits
    seen = []
    answer = OriginMiddleware(lambda request: seen.append(origin.block()) or HttpResponse())
    answer(rf.get("/", REMOTE_ADDR="8.8.8.8"))
    assert seen == [block_of("8.8.8.8") if known else ""]
    assert origin.block() == ""
