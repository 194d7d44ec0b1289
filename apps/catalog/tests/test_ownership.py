"""What a merchant changed by hand stays, whatever imports bring."""

from dataclasses import replace

import pytest

from apps.catalog.interface import Change, catalog
from apps.catalog.models import Product
from apps.catalog.service.edit import Stale, edit

from .drafts import POT

pytestmark = pytest.mark.django_db
MINE = replace(POT, name={"en": "My teapot"})


@pytest.fixture
def edited():
    catalog.save(drafts=(POT,))
    edit(MINE, seen=1)


def pot():
    return catalog.find(codes=("POT",))[0].draft


def owned():
    return Product.objects.get(key="POT").owned


def test_an_import_leaves_what_was_changed_by_hand(edited):
    brought = replace(POT, name={"en": "Pot of the PIM"}, tax_class="reduced")
    assert catalog.save(drafts=(brought,))[0].change is Change.CHANGED
    assert (pot().name, pot().tax_class) == ({"en": "My teapot"}, "reduced")
    assert owned() == {"name": {"en": "Pot of the PIM"}}


def test_the_same_import_again_changes_nothing(edited):
    assert catalog.check(drafts=(POT,))[0].change is Change.SAME
    assert catalog.save(drafts=(POT,))[0].change is Change.SAME


def test_a_field_given_back_is_as_the_import_said(edited):
    catalog.save(drafts=(replace(POT, name={"en": "Pot of the PIM"}),))
    edit(MINE, seen=2, back=frozenset({"name"}))
    assert (pot().name, owned()) == ({"en": "Pot of the PIM"}, {})


def test_a_field_changed_back_by_hand_is_nobodys_again(edited):
    edit(POT, seen=2)
    assert owned() == {}


def test_refuses_to_edit_what_somebody_else_has_changed(edited):
    with pytest.raises(Stale):
        edit(POT, seen=1)
    assert pot().name == {"en": "My teapot"}
