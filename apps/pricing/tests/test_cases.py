"""Figures that other shop systems reach: under the same policy the engine reaches them too."""

from collections import Counter
from pathlib import Path

import pytest

from apps.pricing.tests.cases.figures import Figures
from apps.pricing.tests.cases.reading import FOLDER, Unknown, cases, read

SHARED = {"sylius": 153, "magento2": 16, "prestashop": 64}  # cases about prices, by policy


def about_prices():
    """Leave out what happens to the stock of an order: that is the stock's to tell."""
    return [case for case in cases(*SHARED) if "stock" not in case["expect"]]


def some_case(**changes):
    given = {"currency": "EUR", "products": [{"key": "mug", "price": "9.99"}]}
    steps = [{"add": {"product": "mug", "qty": 2}}]
    case = {"policy": "sylius", "given": given, "do": steps, "expect": {"grand_total": "19.98"}}
    return case | changes


def everything():
    own = Path(__file__).parent / "cases"
    every = about_prices() + read(own / "further.yaml") + read(own / "varied.yaml")
    return [pytest.param(case, id=case["id"]) for case in every]


@pytest.mark.parametrize("case", everything())
def test_reaches_the_figures_of_others(case):
    assert Figures(case).differences(case["expect"]) == {}


def test_no_policy_is_left_out():
    if not FOLDER.exists():
        pytest.skip("needs the pricing cases in ../shared/data/pricing")
    counted = Counter(case["policy"] for case in about_prices())
    assert counted >= Counter(SHARED)


def test_notices_a_wrong_figure():
    wrong = {"grand_total": "19.99"}
    assert Figures(some_case()).differences(wrong).keys() == {"grand_total"}


@pytest.mark.parametrize(
    "changes",
    [
        {"given": {"currency": "EUR", "moon": "full"}},
        {"given": {"products": [{"key": "mug", "price": "9.99", "moon": "full"}]}},
        {"do": [{"add": {"product": "mug", "qty": 1, "moon": "full"}}]},
        {"do": [{"howl": {"product": "mug"}}]},
        {"expect": {"grand_total": "19.98", "moon": "full"}},
    ],
)
def test_passes_no_unknown_word_over(changes):
    case = some_case(**changes)
    with pytest.raises(Unknown):
        Figures(case).differences(case["expect"])
