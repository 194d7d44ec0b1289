"""A guest's token proves one id of one kind, and nobody else can make it."""

from uuid import UUID

import pytest

from commerce import ids
from commerce.proof import prove, proves

CART, OTHER = ids.new(), ids.new()


def test_token_proves_its_own_id():
    assert proves("cart", CART, prove("cart", CART))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "forged",
        prove("cart", OTHER),
        prove("order", CART),
        prove("cart", CART)[:-1],
        prove("cart", CART) + "=",
        "é" * 43,
        "\0",
        "\ud800",
        "x" * 100_000,
    ],
    ids=[
        *("missing", "made up", "of another cart", "of another kind", "cut", "lengthened"),
        *("not ASCII", "zero", "half a character", "long"),
    ],
)
def test_other_token_proves_nothing(token):
    assert not proves("cart", CART, token)


def test_token_survives_a_change_of_the_secret(settings):
    token = prove("cart", CART)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert proves("cart", CART, token)
    settings.SECRET_KEY_FALLBACKS = []
    assert not proves("cart", CART, token)


def test_token_holds_256_bits():
    assert len(prove("cart", UUID(int=0))) == 43
