"""The catalogue as merchants keep it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.catalog import models
from apps.catalog.interface import (
    Attribute,
    Category,
    Kind,
    Picture,
    ProductClass,
    Trait,
    Type,
    Variant,
    catalog,
)
from commerce import clock
from commerce.events.models import Fact

from .drafts import MUG, POT, SET, TABLE, numbered

pytestmark = pytest.mark.django_db


class Fields(HTMLParser):
    """Gathers what a browser would send if nothing were changed in a form."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self.open, self.typed = "", False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        name = said.get("name", "")
        if tag == "input" and (said.get("type") != "checkbox" or "checked" in said):
            self.data[name] = said.get("value") or ("on" if said.get("type") == "checkbox" else "")
        elif tag in ("textarea", "select"):
            self.open, self.typed = name, tag == "textarea"
            self.data.setdefault(name, "")
        elif tag == "option" and "selected" in said:
            self.data[self.open] = said["value"]

    def handle_data(self, text):
        if self.typed:
            self.data[self.open] += text.lstrip("\n")

    def handle_endtag(self, tag):
        self.typed = self.typed and tag != "textarea"


@pytest.fixture
def merchant(client):
    client.force_login(User.objects.create_superuser("merchant", password="a long passphrase"))
    return client


@pytest.fixture
def edit(merchant):
    """Open a form, change some fields, save it."""

    def edit(address, **changes):
        address = f"/admin/catalog/{address}/"
        data = Fields(merchant.get(address).content.decode()).data
        data = {name: value for name, value in data.items() if name and name[0] != "_"}
        return merchant.post(address, data | changes | {"_save": "Save"}, follow=True)

    return edit


def of(key):
    return catalog.find(codes=(key,))[0]


def change(key):
    return f"product/{of(key).id}/change"


PICTURED = replace(
    MUG,
    pictures=(Picture("0" * 32, {"en": 'A "mug"'}, {"color": "Blue"}), Picture("1" * 32)),
    related=("POT",),
)


@pytest.mark.parametrize("draft", [PICTURED, POT, SET, TABLE])
def test_saving_an_untouched_form_changes_nothing(edit, draft):
    catalog.save(drafts=(draft,))
    before = of(draft.key)
    assert b"was changed successfully" in edit(change(draft.key)).content
    assert of(draft.key) == before
    assert Fact.objects.count() == 1


def test_saving_a_change_announces_it(edit):
    catalog.save(drafts=(MUG,))
    edit(
        change("MUG"),
        name_fr="Grande tasse",
        categories="Kitchen\nKitchen/Mugs",
        attributes="material: Stoneware | Glaze",
        **{"variants-0-sku": "", "variants-2-sku": "MUG-RED", "variants-2-choice": "color=Red"},
    )
    draft = of("MUG").draft
    assert draft.name == {"en": "Stoneware mug", "fr": "Grande tasse"}
    assert draft.categories == ("Kitchen", "Kitchen/Mugs")
    assert draft.attributes == {"material": ("Stoneware", "Glaze")}
    assert draft.variants == (MUG.variants[1], Variant("MUG-RED", {"color": "Red"}))
    assert draft.pictures == MUG.pictures
    assert Fact.objects.count() == 2


def test_unticking_online_takes_a_product_offline(merchant):
    catalog.save(drafts=(POT,))
    address = f"/admin/catalog/{change('POT')}/"
    data = Fields(merchant.get(address).content.decode()).data
    merchant.post(address, {n: v for n, v in data.items() if n and n != "online"})
    assert not of("POT").draft.online


def test_new_product_is_made_through_the_form(edit):
    answer = edit(
        "product/add",
        key="JUG",
        kind="simple",
        slug="jug",
        product_class="Default",
        name_en="Jug",
        tax_class="standard",
        visibility="everywhere",
        **{"variants-0-sku": "JUG", "variants-0-weight": "900"},
    )
    assert b"was added successfully" in answer.content
    jug = of("JUG").draft
    assert (jug.kind, jug.name, jug.variants) == (
        Kind.SIMPLE,
        {"en": "Jug"},
        (Variant("JUG", weight=900),),
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"slug": "teapot"}, "already exists"),
        ({"variants-0-sku": "POT"}, "The SKU POT belongs to another product, POT."),
        ({"variants-0-choice": "Blue"}, "is no choice such as"),
        ({"variants-0-weight": "heavy"}, "is no whole number of grams"),
        ({"components": "POT"}, "is no component such as"),
        ({"attributes": "material"}, "is no attribute such as"),
        ({"categories": "茶"}, "has no letter or digit"),
        ({"name_en": ""}, "This field is required"),
        ({"seen": "7"}, "Somebody else changed this product"),
    ],
)
def test_form_says_what_is_wrong_and_saves_nothing(edit, changes, said):
    catalog.save(drafts=(MUG, POT))
    answer = edit(change("MUG"), **changes)
    assert said in answer.content.decode().replace("&#x27;", "'")
    assert of("MUG").version == 1


def test_form_shows_no_raw_document(merchant):
    catalog.save(drafts=(PICTURED,))
    page = merchant.get(f"/admin/catalog/{change('MUG')}/").content.decode()
    assert "{&quot;" not in page
    assert "tax_class&quot;" not in page
    assert '<img src="/media/' in page


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("mug-bl", {"MUG"}),
        ("MUG", {"MUG"}),
        ("stone mu", {"MUG"}),
        ("mug teapot", set()),
        ("'); drop", set()),
        ("&!", {"MUG", "POT"}),
        ("t", {"POT"}),
    ],
)
def test_finds_by_the_beginning_of_a_sku_or_by_words(merchant, term, found):
    catalog.save(drafts=(MUG, POT))
    page = merchant.get("/admin/catalog/product/", {"q": term}).content.decode()
    assert {key for key in ("MUG", "POT") if f">{key}<" in page} == found


def test_lists_without_counting(merchant):
    catalog.save(drafts=numbered(5))
    with CaptureQueriesContext(connection) as queries:
        merchant.get("/admin/catalog/product/", {"q": "teapot", "online__exact": "1"})
    assert [query for query in queries if "COUNT(" in query["sql"]] == []


def test_products_and_categories_are_not_deleted(merchant):
    catalog.save(drafts=(MUG,))
    assert merchant.post(f"/admin/catalog/product/{of('MUG').id}/delete/").status_code == 403
    assert models.Product.objects.count() == 1


def test_category_gets_its_words(edit):
    catalog.save(drafts=(MUG,))
    kitchen = models.Category.objects.get(slugs="kitchen").pk
    edit(f"category/{kitchen}/change", name_fr="Cuisine")
    assert catalog.categories()[0].name == {"en": "Kitchen", "fr": "Cuisine"}


def test_new_category_finds_its_place(edit):
    catalog.describe(categories=(Category("kitchen", {"en": "Kitchen"}, 1),))
    edit("category/add", slugs="kitchen/pots", name_en="Pots")
    assert [(each.path, each.depth) for each in catalog.categories()][1] == ("kitchen/pots", 2)


def test_refuses_a_category_with_a_bad_path(edit):
    answer = edit("category/add", slugs="Kitchen Pots", name_en="Pots")
    assert "slugs joined by" in answer.content.decode()
    assert catalog.categories() == ()


def test_attribute_keeps_the_order_of_its_values(edit):
    added = {"values-0-value": "S", "values-1-value": "M", "values-1-label_fr": "Moyen"}
    added |= {"values-0-label_en": "Small", "values-1-label_en": "Medium"}
    edit(
        "attribute/add",
        code="size",
        label_en="Size",
        type="text",
        facet="on",
        searchable="on",
        **added,
    )
    size = catalog.attributes()[0]
    assert (size.label, size.facet) == ({"en": "Size"}, True)
    assert list(size.values.items()) == [
        ("S", {"en": "Small"}),
        ("M", {"en": "Medium", "fr": "Moyen"}),
    ]
    edit(f"attribute/{models.Attribute.objects.get().pk}/change", label_fr="Taille")
    assert catalog.attributes() == (replace(size, label={"en": "Size", "fr": "Taille"}),)


@pytest.fixture
def tableware():
    catalog.describe(
        attributes=(
            Attribute("capacity", {"en": "Capacity"}, type=Type.MEASURE, unit="ml"),
            Attribute("oven", {"en": "Oven"}, type=Type.BOOLEAN),
            Attribute("glaze", {"en": "Glaze"}, {"Sea": {}, "Oat": {}}, type=Type.CHOICES),
        ),
        classes=(
            ProductClass(
                "Tableware",
                {"en": "Tableware"},
                (Trait("capacity", required=True), Trait("oven"), Trait("glaze")),
            ),
        ),
    )


POTTERY = replace(
    POT,
    product_class="Tableware",
    attributes={"capacity": ("900",), "glaze": ("Oat",), "style": ("Plain",)},
)


def test_form_has_the_fields_of_the_class(edit, merchant, tableware):
    catalog.save(drafts=(POTTERY,))
    page = merchant.get(f"/admin/catalog/{change('POT')}/").content.decode()
    assert "Capacity (ml)" in page
    assert "style: Plain" in page
    edit(change("POT"), trait_capacity="950", trait_oven="true")
    said = {"capacity": ("950",), "oven": ("true",), "glaze": ("Oat",), "style": ("Plain",)}
    assert of("POT").draft.attributes == said


def test_form_refuses_what_the_class_does_not_take(edit, tableware):
    catalog.save(drafts=(POTTERY,))
    answer = edit(change("POT"), trait_capacity="much")
    assert "The attribute capacity must be one number" in answer.content.decode()
    assert of("POT").version == 1


def test_new_product_of_a_class_is_asked_what_the_class_asks(merchant, tableware):
    page = merchant.get("/admin/catalog/product/add/", {"product_class": "Tableware"})
    assert 'name="trait_capacity"' in page.content.decode()


def test_a_change_by_hand_is_shown_and_given_back(edit, merchant):
    catalog.save(drafts=(POT,))
    edit(change("POT"), name_en="My pot")
    catalog.save(drafts=(replace(POT, name={"en": "Their pot"}),))
    assert of("POT").draft.name == {"en": "My pot"}
    assert 'name="give_back" value="name"' in merchant.get(
        f"/admin/catalog/{change('POT')}/"
    ).content.decode().replace("\n", " ")
    edit(change("POT"), give_back="name")
    assert of("POT").draft.name == {"en": "Their pot"}


def test_list_says_whether_shoppers_can_buy_it_now(merchant):
    soon = clock.now() + timedelta(days=1)
    catalog.save(drafts=(replace(POT, online_from=soon), replace(MUG, online=False)))
    page = merchant.get("/admin/catalog/product/").content.decode()
    assert "scheduled" in page
    assert "draft" in page


def test_searches_by_indexes_alone(merchant):
    catalog.save(drafts=numbered(3))
    with CaptureQueriesContext(connection) as queries:
        merchant.get("/admin/catalog/product/", {"q": "pot-1"})
    searched = [query["sql"] for query in queries if "catalog_" in query["sql"]]
    assert len(searched) <= 5
    assert not any(" OR " in sql for sql in searched)


def test_class_is_kept_and_names_what_does_not_fit(edit, tableware):
    catalog.save(drafts=(POTTERY,))
    pk = models.ProductClass.objects.get(code="Tableware").pk
    answer = edit(f"productclass/{pk}/change", **{"traits-0-most": "500", "traits-1-required": "x"})
    assert "do not fit the class as it is now: POT" in answer.content.decode()
    (known,) = [each for each in catalog.classes() if each.code == "Tableware"]
    assert known.traits[:2] == (
        Trait("capacity", required=True, most=Decimal(500)),
        Trait("oven", required=True),
    )
    refused = edit(f"productclass/{pk}/change", **{"traits-0-most": "a lot"})
    assert "A limit is no number." in refused.content.decode()
