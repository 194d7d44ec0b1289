"""Categories change their place, and everything follows."""

from dataclasses import replace

import pytest

from apps.catalog.interface import BadWords, Category, catalog
from apps.catalog.models import Category as Node
from apps.catalog.service.move import move
from commerce.operations import service as operations

from .drafts import MUG, POT

pytestmark = pytest.mark.django_db
LISTED = replace(POT, categories=("Kitchen/Mugs & Cups/Big", "Kitchen"))


@pytest.fixture
def shop():
    catalog.save(drafts=(MUG, LISTED))
    catalog.describe(categories=(Category("table", {"en": "Table"}, 1),))


def moved(path, to):
    move(path, to=to, owner="merchant")
    operations.go_on(seconds=60)


def paths():
    return [each.path for each in catalog.categories()]


def test_products_follow_their_category(shop):
    before = {p.draft.key: p.version for p in catalog.batch().products}
    moved("kitchen/mugs-cups", "table/cups")
    assert paths() == ["kitchen", "table", "table/cups", "table/cups/big"]
    assert Node.find_problems() == ([], [], [], [], [])
    found = catalog.goods(skus=("MUG-BLUE", "POT"))
    assert found["MUG-BLUE"].categories == ("table", "table/cups")
    assert found["POT"].categories == ("kitchen", "table", "table/cups", "table/cups/big")
    assert {p.draft.key: p.version - before[p.draft.key] for p in catalog.batch().products} == {
        "MUG": 1,
        "POT": 1,
    }


def test_the_old_path_leads_on(shop):
    moved("kitchen/mugs-cups", "table/cups")
    assert catalog.categories()[2].formerly == ("kitchen/mugs-cups",)
    moved("table", "new-table")
    assert catalog.categories()[2].formerly == ("kitchen/mugs-cups", "table/cups")


def test_an_import_that_knows_the_old_path_alone_finds_the_category(shop):
    moved("kitchen/mugs-cups", "table/cups")
    assert catalog.save(drafts=(LISTED,))[0].change.value == "same"
    assert "kitchen/mugs-cups" not in paths()


def test_a_category_moves_back(shop):
    moved("kitchen/mugs-cups", "table/cups")
    moved("table/cups", "kitchen/mugs-cups")
    assert paths() == ["kitchen", "kitchen/mugs-cups", "kitchen/mugs-cups/big", "table"]
    assert catalog.goods(skus=("MUG-BLUE",))["MUG-BLUE"].categories == (
        "kitchen",
        "kitchen/mugs-cups",
    )


@pytest.mark.parametrize(
    ("path", "to", "said"),
    [
        ("kitchen", "kitchen/mugs-cups/kitchen", "cannot stand below itself"),
        ("kitchen", "table", "There is a category table already"),
        ("kitchen", "garden/kitchen", "There is no category above"),
        ("garden", "table/garden", "There is no category garden"),
    ],
)
def test_refuses_a_place_that_cannot_be(shop, path, to, said):
    before = paths()
    with pytest.raises(BadWords) as refusal:
        move(path, to=to, owner="merchant")
    assert said in " ".join(refusal.value.problems)
    assert paths() == before
