"""Partners change products, classes and collections over the API."""

import json
from dataclasses import replace

import pytest

from apps.catalog.interface import Attribute, Trait, Type, catalog
from apps.catalog.models import Removal
from commerce.operations import service as operations
from commerce.operations.models import Operation
from commerce.rest import keys

from .drafts import MUG, POT, numbered

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client):
    """Ask as a partner; returns status, body and ETag."""
    key = keys.make("sk")
    keys.ensure("pim", "sk", key, ("catalog:write",))

    def ask(method, path, body=None, version=None):
        headers = {"Authorization": f"Bearer {key}"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        answer = client.generic(
            method,
            f"/api/catalog/v1/{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers=headers,
        )
        told = json.loads(answer.content) if answer.content else {}
        return answer.status_code, told, answer.headers.get("ETag")

    return ask


@pytest.fixture
def pot(ask):
    catalog.save(drafts=(POT,))
    return f"products/{ask('GET', 'products?sku=POT')[1]['data'][0]['id']}"


def test_patch_changes_what_it_names(ask, pot):
    status, told, etag = ask("PATCH", pot, {"name": {"fr": "Théière"}, "tax_class": "reduced"}, 1)
    assert (status, etag, told["version"]) == (200, '"2"', 2)
    assert (told["name"], told["tax_class"]) == ({"en": "Teapot", "fr": "Théière"}, "reduced")
    assert ask("PATCH", pot, {"name": {"fr": None}}, 2)[1]["name"] == {"en": "Teapot"}


def test_put_replaces_the_whole(ask, pot):
    body = {"kind": "simple", "name": {"en": "Kettle"}, "slug": "kettle"}
    status, told, _ = ask("PUT", pot, body, 1)
    assert (status, told["name"], told["slug"], told["key"]) == (200, body["name"], "kettle", "POT")


def test_delete_takes_a_product_away_and_remembers_it(ask, pot):
    before = catalog.batch().revision
    assert ask("DELETE", pot, version=1)[0] == 204
    assert ask("GET", pot)[0] == 404
    gone = catalog.batch(beyond=before)
    assert (gone.products, len(gone.gone)) == ((), 1)
    assert Removal.objects.get().key == "POT"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_writes_against_the_version_that_was_seen(ask, pot, method):
    whole = {"kind": "simple", "name": {"en": "Kettle"}, "slug": "kettle"}
    body = None if method == "DELETE" else whole
    assert ask(method, pot, body)[0] == 428
    status, _, etag = ask(method, pot, body, 7)
    assert (status, etag) == (412, '"1"')
    assert catalog.find(codes=("POT",))[0].version == 1


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        ({"name": None}, "required field"),
        ({"name": 5}, "Expected"),
        ({"kind": "boat"}, "Invalid enum"),
        ({"product_class": "Boats"}, "The product class 'Boats' is unknown."),
        ({"slug": "No Slug"}, "must be made of lower-case letters"),
        ({"online_until": "tomorrow"}, "RFC3339"),
        ({"variants": [{"sku": "A"}, {"sku": "B"}]}, "exactly one variant"),
        ({"attributes": {"a": "x"}}, "Expected"),
    ],
)
def test_says_what_cannot_be_kept(ask, pot, patch, said):
    status, told, _ = ask("PATCH", pot, patch, 1)
    assert (status, told["code"]) == (422, "catalog-refused")
    assert said in json.dumps(told["errors"])
    assert catalog.find(codes=("POT",))[0].version == 1


def test_unknown_fields_are_refused(ask, pot):
    assert ask("PATCH", pot, {"colour": "red"}, 1)[0] == 422
    assert ask("PATCH", "products/prod_nothing", {"slug": "a"}, 1)[0] == 404


TRAITS = [{"attribute": "capacity", "required": True, "most": "2000"}]
POTS = {"label": {"en": "Pots"}, "traits": TRAITS}


def test_sets_a_class_and_shows_its_schema(ask):
    catalog.describe(attributes=(Attribute("capacity", {"en": "Capacity"}, type=Type.MEASURE),))
    status, told, etag = ask("PUT", "product-classes/Pots", POTS, 0)
    assert (status, etag) == (200, '"1"')
    assert told["schema"]["properties"]["capacity"]["maximum"] == 2000
    assert told["schema"]["required"] == ["capacity"]
    assert ask("GET", "product-classes/Pots")[1] == told
    assert "Pots" in [each["id"] for each in ask("GET", "product-classes")[1]["data"]]
    assert ask("PUT", "product-classes/Pots", POTS, 0)[0] == 412
    assert ask("PUT", "product-classes/Pots", {"label": {}}, 1)[0] == 422


def test_a_narrower_class_names_the_products_that_do_not_fit(ask):
    catalog.describe(attributes=(Attribute("capacity", {"en": "Capacity"}, type=Type.MEASURE),))
    ask("PUT", "product-classes/Pots", POTS | {"traits": []}, 0)
    big = replace(numbered(1)[0], attributes={"capacity": ("5000",)}, product_class="Pots")
    catalog.save(drafts=(replace(POT, product_class="Pots"), big))
    assert ask("GET", "product-classes/Pots/misfits")[1] == {"data": [], "next": None}
    ask("PUT", "product-classes/Pots", POTS, 1)
    found = ask("GET", "product-classes/Pots/misfits")[1]["data"]
    assert {each["key"]: each["reasons"] for each in found} == {
        "POT": ["Pots needs the attribute capacity."],
        "POT-0": ["The attribute capacity must be within any and 2000."],
    }


BLUE = {"name": {"en": "Blue"}, "rule": {"within": ["kitchen"], "attributes": {"color": ["Blue"]}}}


def held(key):
    return catalog.find(codes=(key,))[0].collections


def test_a_rule_gathers_what_stands_in_the_background(ask, monkeypatch):
    monkeypatch.setattr("apps.catalog.service.gather.AT_ONCE", 2)
    catalog.save(drafts=(MUG, *numbered(4)))
    before = catalog.find(codes=("MUG",))[0]
    status, told, _ = ask("PUT", "collections/blue", BLUE, 0)
    assert (status, told["operation"][:3]) == (200, "op_")
    operations.go_on(seconds=60)
    mine = Operation.objects.get()
    assert (mine.state, mine.percent) == (Operation.State.DONE, 100)
    assert mine.figures == {"looked at": 5, "changed": 1}
    after = catalog.find(codes=("MUG",))[0]
    assert (after.collections, held("POT-0")) == (("blue",), ())
    assert (after.version, after.revision > before.revision) == (before.version, True)


def test_a_product_knows_its_collections_when_it_changes(ask):
    ask("PUT", "collections/blue", BLUE, 0)
    catalog.save(drafts=(MUG,))
    assert held("MUG") == ("blue",)
    catalog.save(drafts=(replace(MUG, categories=("Garden",)),))
    assert held("MUG") == ()


def test_the_same_rule_again_begins_nothing(ask):
    ask("PUT", "collections/blue", BLUE, 0)
    status, told, etag = ask("PUT", "collections/blue", BLUE | {"name": {"en": "Sea"}}, 1)
    assert (status, etag, told["name"]) == (200, '"2"', {"en": "Sea"})
    assert "operation" not in told
    assert ask("GET", "collections/blue")[1] == told
    assert ask("PUT", "collections/blue", BLUE, 1)[0] == 412


def test_classes_of_variants_are_kept_in_their_order(ask):
    catalog.describe(attributes=(Attribute("b", {"en": "B"}), Attribute("a", {"en": "A"})))
    traits = [{"attribute": "b"}, {"attribute": "a", "variant": True}]
    ask("PUT", "product-classes/Pots", POTS | {"traits": traits}, 0)
    (pots,) = [each for each in catalog.classes() if each.code == "Pots"]
    assert pots.traits == (Trait("b"), Trait("a", variant=True))


def test_a_follower_catches_up_from_where_it_was():
    catalog.save(drafts=numbered(5))
    start = catalog.batch().revision
    assert catalog.batch(beyond=start).products == ()
    catalog.save(drafts=tuple(replace(each, online=False) for each in numbered(3)))
    first = catalog.batch(beyond=start, limit=2)
    rest = catalog.batch(beyond=start, limit=2, after=first.next)
    assert [len(each.products) for each in (first, rest)] == [2, 1]
    assert rest.next is None
    assert catalog.batch(beyond=rest.revision).products == ()
