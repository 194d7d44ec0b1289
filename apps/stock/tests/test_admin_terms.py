"""Merchants say on what terms single SKUs are sold."""

import pytest

from apps.stock.interface import HoldLimit
from apps.stock.models import Terms
from apps.stock.tests.shelf import reserve

pytestmark = pytest.mark.usefixtures("shelf")
TERMS = "/admin/stock/terms/"
CHANGED = 302


def test_a_cap_holds_from_when_it_was_typed(merchant, alice):
    assert merchant.post(f"{TERMS}add/", {"sku": "MUG", "per_cart": "2"}).status_code == CHANGED
    with pytest.raises(HoldLimit):
        reserve(alice, MUG=3)
    page = f"{TERMS}MUG/change/"
    told = {"sku": "MUGG", "per_cart": "3", "low_at": "1", "hot": "on"}
    assert merchant.post(page, told).status_code == CHANGED
    assert Terms.objects.values_list("sku", "per_cart", "low_at", "hot").get() == (
        "MUG",
        3,
        1,
        True,
    )
    assert "MUG" in merchant.get(f"{TERMS}?q=MU&hot__exact=1").text


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"sku": "MUGG"}, "Neither the shelves nor the catalogue know MUGG."),
        ({"sku": "MUG", "per_cart": "0"}, "At least 1, or nobody can buy it."),
        ({"sku": "MUG", "per_address": "-1"}, "greater than or equal to 0"),
        ({"sku": "MUG", "per_cart": "5", "per_customer": "4"}, "Less than one cart may hold."),
        ({"sku": "MUG", "low_at": "9999999999"}, "less than or equal to 2147483647"),
        ({"sku": ""}, "This field is required."),
    ],
)
def test_terms_that_make_no_sense_are_refused(merchant, told, said):
    assert said in merchant.post(f"{TERMS}add/", told).text
    assert not Terms.objects.exists()
