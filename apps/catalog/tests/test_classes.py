"""What a class of products asks of their attributes."""

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.catalog.domain import schema
from apps.catalog.interface import (
    Attribute,
    BadWords,
    Change,
    ProductClass,
    Trait,
    Type,
    catalog,
)

from .drafts import MUG, POT

pytestmark = pytest.mark.django_db
COLORS = {"Blue": {"en": "Blue"}, "Sand": {"en": "Sand"}}
ATTRIBUTES = (
    Attribute(
        "material", {"en": "Material"}, {"Stoneware": {"en": "Stoneware"}}, type=Type.CHOICES
    ),
    Attribute("color", {"en": "Colour"}, COLORS, type=Type.CHOICE),
    Attribute("capacity", {"en": "Capacity"}, type=Type.MEASURE, unit="ml"),
    Attribute("pieces", {"en": "Pieces"}, type=Type.NUMBER),
    Attribute("dishwasher", {"en": "Dishwasher"}, type=Type.BOOLEAN),
    Attribute("fired_on", {"en": "Fired on"}, type=Type.DATE),
    Attribute("story", {"en": "Story"}),
)
TRAITS = (
    Trait("material", required=True),
    Trait("color", variant=True),
    Trait("capacity", least=Decimal(50), most=Decimal(2000)),
    *(Trait(code) for code in ("pieces", "dishwasher", "fired_on", "story")),
)
TABLEWARE = ProductClass("Tableware", {"en": "Tableware"}, TRAITS, open=False)
SOUND = {
    "material": ("Stoneware",),
    "capacity": ("350",),
    "pieces": ("2.5",),
    "dishwasher": ("true",),
    "fired_on": ("2030-12-31",),
    "story": ("One.", "Two."),
}
DISHES = replace(POT, product_class="Tableware", attributes=SOUND)


@pytest.fixture
def tableware():
    catalog.describe(attributes=ATTRIBUTES, classes=(TABLEWARE,))


def reasons(draft):
    (outcome,) = catalog.check(drafts=(draft,))
    return " ".join(outcome.problems)


def test_takes_what_the_class_asks_for(tableware):
    mug = replace(MUG, product_class="Tableware")
    outcomes = catalog.save(drafts=(DISHES, mug))
    assert [(o.change, o.problems) for o in outcomes] == [(Change.CREATED, ())] * 2


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"material": ()}, "Tableware needs the attribute material."),
        ({"material": ("Silk",)}, "The attribute material is 'Silk', which is none of Stoneware."),
        ({"material": ("Stoneware",) * 2}, "The attribute material names a value twice."),
        ({"capacity": ("large",)}, "The attribute capacity must be one number, without its unit."),
        ({"capacity": ("350", "400")}, "The attribute capacity must be one number"),
        ({"capacity": ("5000",)}, "The attribute capacity must be within 50 and 2000 ml."),
        ({"pieces": ("1e5",)}, "The attribute pieces must be one number."),
        ({"pieces": ("٣",)}, "The attribute pieces must be one number."),
        ({"dishwasher": ("yes",)}, "The attribute dishwasher must be true or false."),
        ({"fired_on": ("2030-13-01",)}, "The attribute fired_on must be a date"),
        ({"smell": ("none",)}, "Tableware has no attribute smell."),
    ],
)
def test_names_the_attribute_that_does_not_fit(tableware, said, problem):
    attributes = {code: values for code, values in (SOUND | said).items() if values}
    assert problem in reasons(replace(DISHES, attributes=attributes))


def test_refuses_an_unknown_class(tableware):
    assert "The product class 'Bags' is unknown." in reasons(replace(POT, product_class="Bags"))


def test_a_class_described_before_is_known_to_a_check():
    (outcome,) = catalog.check(
        drafts=(replace(POT, product_class="Bags"),),
        classes=(ProductClass("Bags", {"en": "Bags"}),),
    )
    assert outcome.change is Change.CREATED


def test_variants_are_choices_of_the_class(tableware):
    mug = replace(MUG, product_class="Tableware")
    red = replace(mug.variants[0], options={"color": "Red"})
    assert "MUG-BLUE: 'Red' is no value of color." in reasons(
        replace(mug, variants=(red, mug.variants[1]))
    )


def test_an_open_class_takes_other_attributes_too(tableware):
    catalog.describe(classes=(replace(TABLEWARE, open=True),))
    assert reasons(replace(DISHES, attributes=SOUND | {"smell": ("none",)})) == ""


def test_a_class_is_written_as_json_schema():
    written = schema(TABLEWARE, {each.code: each for each in ATTRIBUTES})
    assert written["required"] == ["material"]
    capacity = written["properties"]["capacity"]
    assert (capacity["type"], capacity["minimum"], capacity["maximum"]) == ("number", 50, 2000)
    assert (capacity["x-unit"], capacity["x-label"]) == ("ml", {"en": "Capacity"})
    assert written["properties"]["color"]["enum"] == ["Blue", "Sand"]
    assert written["properties"]["color"]["x-variant"]


def test_each_change_of_a_class_is_a_version(tableware):
    catalog.describe(classes=(replace(TABLEWARE, open=True),))
    assert {each.code: each.version for each in catalog.classes()}["Tableware"] == 2


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (replace(TABLEWARE, traits=(Trait("smell"),)), "'smell', which is unknown"),
        (replace(TABLEWARE, traits=(Trait("color"), Trait("color"))), "speaks of color twice"),
        (replace(TABLEWARE, label={}), "has no name in the shop's language"),
        (replace(TABLEWARE, code=" "), "must have a code"),
    ],
)
def test_refuses_a_class_that_makes_no_sense(tableware, bad, said):
    with pytest.raises(BadWords) as refusal:
        catalog.describe(classes=(bad,))
    assert said in " ".join(refusal.value.problems)
