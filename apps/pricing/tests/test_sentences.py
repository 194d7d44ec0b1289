import pytest
from django.utils import translation

from apps.pricing.admin.sentences import Teller

DEAR = {"kind": "items-total-at-least", "amount": "50.00"}
TENTH = {"kind": "order-percent", "percent": "10"}


def told(*effects, conditions=(), names=None):
    with translation.override("en"):
        return Teller("EUR", names).tell({"effects": effects, "conditions": conditions})


def test_says_a_promotion_in_one_sentence():
    effect = TENTH | {"most": "20.00", "only": {"products": ["classic-mug"]}}
    said = told(effect, conditions=[DEAR], names={"classic-mug": "Classic mug"})
    assert said == (
        "10 % off everything of Classic mug, at most 20.00 EUR, "
        "if the goods cost 50.00 EUR or more."
    )


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (TENTH, "10 % off all goods."),
        (TENTH | {"only": {"skus": [f"S{number}" for number in range(9)]}},
         "10 % off S0 or S1 or S2 or S3 or S4 or S5 or 3 others."),
        ({"kind": "unit-fixed", "amount": "1", "only": {"skus": ["A", "B"]}},
         "1 EUR off each unit of A or B."),
        ({"kind": "new-price", "price": "9.90", "only": {"price_from": "10"}},
         "Each unit of all goods from 10 EUR on for 9.90 EUR."),
        ({"kind": "buy-get", "buy": 2}, "For every 2 of all goods, 1 of the same free."),
        ({"kind": "buy-get", "buy": 2, "get": 1, "percent": "50", "times": 3},
         "For every 2 of all goods, 1 of the same 50 % off, at most 3 times."),
        ({"kind": "bundle", "price": "40", "parts": [
            {"units": 2, "only": {"skus": ["A"]}}, {"only": {"products": ["tee"]}}]},
         "2 × A + 1 × everything of tee together for 40 EUR."),
        ({"kind": "shipping-off", "percent": "100"}, "Sending is free."),
        ({"kind": "gift", "sku": "CAP"}, "1 × CAP as a gift."),
        ({"kind": "shipping-off", "fixed": "2", "methods": ["post"]}, "2 EUR off sending by post."),
        (TENTH | {"only": {"cheapest_unit": True}}, "10 % off the cheapest unit of all goods."),
    ],
)  # fmt: skip
def test_says_what_is_done(effect, words):
    assert told(effect) == words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"kind": "not", "condition": DEAR}, "unless the goods cost 50.00 EUR or more"),
        ({"kind": "any-of", "conditions": [DEAR, {"kind": "goes-to", "countries": ["FR", "DE"]}]},
         "if the goods cost 50.00 EUR or more or if it goes to FR or DE"),
        ({"kind": "contains-product", "names": ["mug"], "units": 2},
         "if 2 units of mug are in the cart"),
        ({"kind": "quantity-at-least", "units": 1}, "if 1 unit or more is in the cart"),
        ({"kind": "weight-at-least", "weight": "500"}, "if the goods weigh 500 g or more"),
        ({"kind": "applied", "promotion": "may"}, "if “may” has applied"),
        ({"kind": "during", "period": {"since": "2030-05-01T00:00:00+00:00"}},
         "if it is after 05/01/2030 midnight"),
        ({"kind": "unheard-of"}, "if unheard-of"),
    ],
)  # fmt: skip
def test_says_when_it_is_done(condition, words):
    assert told(TENTH, conditions=[condition]) == f"10 % off all goods, {words}."
