import pytest
from django.http import HttpResponse

from commerce import origin
from commerce.origin import OriginMiddleware, block_of


@pytest.mark.parametrize(
    ("one", "other"), [("8.8.8.8", "8.8.8.200"), ("2a00:1450:4007::1", "2a00:1450:4007:99::7")]
)
def test_neighbours_come_from_one_block(one, other):
    assert block_of(one) == block_of(other) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("8.8.8.8", "8.8.9.8"), ("2a00:1450:4007::1", "2a00:1450:4008::1")]
)
def test_strangers_do_not(one, other):
    assert block_of(one) != block_of(other)


@pytest.mark.parametrize("nobody", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "::1", "", "unix:"])
def test_a_proxy_nobody_declared_makes_no_crowd(nobody):
    assert block_of(nobody) == ""


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
