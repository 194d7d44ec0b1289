"""What a page shows now: the price of each SKU and how much of it is left."""

from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from commerce.rest.endpoint import ApiRequest, Reply, endpoint
from commerce.rest.shapes import Amount

from ..interface import EVERYBODY, Audience
from ..service.live import Offer as LiveOffer
from ..service.live import for_strangers, offers
from ..views import place, seen_by, shown
from .asking import Skus, Viewed, audience, known_currency, known_locale, privacy


class Wanted(Viewed, kw_only=True):
    """Which SKUs, in which currency (the shop's own if none is given), for which reader."""

    sku: Skus
    currency: str = ""
    locale: str = settings.LANGUAGE_CODE


class Shown(Amount, frozen=True):
    """An amount with the way a reader expects to see it."""

    formatted: str


class Availability(msgspec.Struct):
    """`in-stock`, `low`, `sold-out`, or `unknown` while stock is silent; the same in words.

    `coming` goods can be had from `starts_at` on; carts can line up for the SKU in `line` before.
    `free` is null where nobody counts, and where nobody can say or the shop does not.
    """

    state: str
    free: int | None
    text: str
    starts_at: datetime | None
    line: str | None


class Offer(msgspec.Struct):
    """What a page shows of a SKU; `before` is the struck-out price of a reduced one.

    `lowest` is its lowest price of the 30 days before it was reduced, as far as it is known.
    """

    sku: str
    price: Shown
    before: Shown | None
    lowest: Shown | None
    availability: Availability


class Offers(msgspec.Struct):
    """Everything that is on offer under the SKUs asked for; unknown ones are absent."""

    data: list[Offer]


@endpoint(
    "GET",
    credentials=("cu", "sk", "pk"),
    query=Wanted,
    cache=1,
    light=True,
    answers={200: Offers},
)
def live(request: ApiRequest, *, query: Wanted) -> Reply:
    """Return price and availability of everything on a page, in one call.

    Prices are everybody's, or those of a channel; a customer sees his own, which no cache keeps,
    and partners may ask for a customer or for groups. The shop decides whether shop fronts see how
    many are left, only if few, or not at all.
    """
    currency, locale = known_currency(query.currency), known_locale(query.locale)
    ask = offers if request.caller.credential == "sk" else for_strangers
    viewer = audience(request, query)
    found = ask(query.sku, currency, viewer)
    with translation.override(locale):
        data = [written_out(offer, locale) for offer in found]
    return Reply(body={"data": data}, headers=privacy(viewer))


@lru_cache(maxsize=50_000)
def written_out(offer: LiveOffer, locale: str) -> msgspec.Raw:
    """Write an offer in the active language, which is this locale's; many pages show the same."""
    return msgspec.Raw(msgspec.json.encode(shown(offer, locale)))


@endpoint("GET", credentials=("public",), query=Wanted, cache=1)
def places(request: ApiRequest, *, query: Wanted) -> Reply:
    """Fill the places that the shop's own pages leave for prices: HTML by SKU."""
    return filled(query, EVERYBODY)


@endpoint("GET", credentials=("public",), query=Wanted)
def own_places(request: ApiRequest, *, query: Wanted) -> Reply:
    """Fill the same places for whoever is signed in on this browser; no cache keeps it."""
    return filled(query, seen_by(request))


def filled(query: Wanted, audience: Audience) -> Reply:
    """Fill the places of a page for an audience."""
    currency, locale = known_currency(query.currency), known_locale(query.locale)
    with translation.override(locale):
        found = for_strangers(query.sku, currency, audience)
        html = {offer.price.sku: written(place(offer, locale)) for offer in found}
        return Reply(body={sku: html.get(sku) or written({"offer": None}) for sku in query.sku})


def written(values: dict[str, Any]) -> str:
    """Write what stands in the place of a SKU, with a script to send its form."""
    return render_to_string("pricing/offer.html", values | {"scripted": True}).strip()
