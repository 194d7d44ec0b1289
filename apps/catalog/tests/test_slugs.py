"""Addresses of products, in every language, now and before."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from apps.catalog.interface import Change, Component, Kind, UnknownProduct, catalog
from commerce import clock

from .drafts import CARD, POT, SET

pytestmark = pytest.mark.django_db
KETTLE = replace(POT, slug="kettle", slugs={"fr": "theiere"})


def reasons(*drafts):
    return " ".join(p for outcome in catalog.check(drafts=drafts) for p in outcome.problems)


def test_a_slug_of_another_language_leads_to_the_product():
    catalog.save(drafts=(KETTLE,))
    assert catalog.product(slug="theiere").draft.key == "POT"


def test_a_former_slug_still_leads_to_the_product():
    catalog.save(drafts=(POT,))
    catalog.save(drafts=(KETTLE,))
    assert catalog.product(slug="teapot").draft.slug == "kettle"


def test_a_former_slug_is_not_taken_by_another_product():
    catalog.save(drafts=(POT,))
    catalog.save(drafts=(KETTLE,))
    taken = "The slug teapot belongs to another product, POT."
    assert taken in reasons(replace(CARD, slug="teapot"))
    assert "The slug theiere belongs to another" in reasons(replace(CARD, slugs={"fr": "theiere"}))


def test_a_product_may_have_its_former_slug_again():
    for draft in (POT, KETTLE, POT):
        assert catalog.save(drafts=(draft,))[0].change is not Change.REFUSED
    assert catalog.product(slug="kettle").draft.slug == "teapot"


def test_pages_lead_on_to_the_slug_of_their_language(client):
    catalog.save(drafts=(POT,))
    catalog.save(drafts=(KETTLE,))
    for old, new in (
        ("/products/teapot", "/products/kettle"),
        ("/products/theiere?page=2", "/products/kettle?page=2"),
        ("/fr/products/kettle", "/fr/products/theiere"),
    ):
        answer = client.get(old)
        assert (answer.status_code, answer["Location"]) == (301, new)
    assert client.get("/fr/products/theiere").status_code == 200


NOW = clock.now()
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("begin", "end", "live"),
    [
        (None, None, True),
        (NOW - DAY, NOW + DAY, True),
        (NOW + DAY, None, False),
        (None, NOW - DAY, False),
    ],
    ids=["always", "during", "before", "after"],
)
def test_is_there_during_its_time_alone(begin, end, live):
    draft = replace(POT, online_from=begin, online_until=end)
    catalog.save(drafts=(draft,))
    assert draft.live_at(clock.now()) is live
    assert bool(catalog.items(skus=("POT",))) is live
    assert bool(catalog.goods(skus=("POT",))) is live
    try:
        assert catalog.product(slug="teapot").draft.online_from == begin
    except UnknownProduct:
        assert not live


def test_a_page_is_kept_no_longer_than_the_product_is_there(client):
    until = clock.now() + timedelta(seconds=20)
    catalog.save(drafts=(replace(POT, online_until=until),))
    kept = client.get("/products/teapot")["Cache-Control"]
    assert any(f"s-maxage={seconds}" in kept.split(", ") for seconds in (18, 19))


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (replace(POT, online_from=NOW, online_until=NOW - DAY), "would go offline before"),
        (replace(POT, online_from=datetime(2030, 1, 1)), "has no time zone"),  # noqa: DTZ001
        (replace(POT, slugs={"de": "kanne"}), "does not speak 'de'"),
        (replace(POT, slugs={"fr": "Théière"}), "must be made of lower-case letters"),
    ],
    ids=["backwards", "no zone", "no language", "no slug"],
)
def test_refuses_times_and_slugs_that_make_no_sense(draft, said):
    assert said in reasons(draft)


def bundle(key, *parts):
    components = tuple(Component(part, 1) for part in parts)
    return replace(SET, key=key, slug=key.lower(), components=components)


def test_a_bundle_never_holds_itself_through_others():
    catalog.save(drafts=(POT, bundle("A", "B"), bundle("B", "C"), bundle("C", "POT")))
    assert "The bundle C would hold itself, through A, B." in reasons(bundle("C", "A", "POT"))
    assert reasons(bundle("D", "A"), bundle("C", "POT")) == ""


def test_bundles_of_one_list_do_not_hold_one_another():
    assert "The bundle B would hold itself, through A." in reasons(
        bundle("A", "B"), bundle("B", "A")
    )


def test_a_bundle_that_is_none_any_more_closes_no_circle():
    catalog.save(drafts=(POT, bundle("A", "B"), bundle("B", "POT")))
    catalog.save(drafts=(replace(bundle("A"), kind=Kind.SIMPLE, components=()),))
    assert reasons(bundle("B", "A")) == ""


def test_moments_are_kept_with_their_zone():
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    catalog.save(drafts=(replace(POT, online_until=moment),))
    assert catalog.find(codes=("POT",))[0].draft.online_until == moment
