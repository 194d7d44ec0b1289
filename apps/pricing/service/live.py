"""What a page must not remember: the price of each SKU and how much of it is left, as of now."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from apps.pricing import domain
from apps.pricing.domain import Supply
from apps.pricing.domain.goods import Good
from apps.pricing.interface import EVERYBODY, Audience, Price
from commerce.money import Money
from commerce.settled import settled
from commerce.together import Together

from .facts import Facts, Levels, Parts, gather
from .history import lowest
from .shelf import Rules, shelved, viewer

MOST = 100_000  # SKUs of which is remembered what was told


@dataclass(frozen=True)
class Opening:
    """When a sale to come begins, and the SKU that is in it: the offer's own, or a part's."""

    starts_at: datetime
    sku: str


@dataclass(frozen=True, eq=False)  # who asks again gets the same one while nothing changes
class Offer:
    """A SKU that can be bought; `free` is None where nobody counts, or nobody can say."""

    price: Price
    supply: Supply
    free: int | None
    opening: Opening | None = None
    single: bool = True  # not made of other SKUs
    lowest: Money | None = None  # of 30 days before it was reduced


class Told(NamedTuple):
    """What was told of a SKU, to strangers too, and the facts that it followed from."""

    facts: Facts
    offer: Offer | None
    discreet: Offer | None


class Window:
    """What was told last of each SKU, to be told again until something of it changes."""

    def __init__(self, currency: str, audience: Audience = EVERYBODY) -> None:
        self.currency, self.audience = currency, audience
        self.ruling: Rules | None = None
        self.told: dict[str, Told] = {}

    def look(self, skus: tuple[str, ...]) -> dict[str, Told]:
        """Return what there is to tell, working out anew what has changed."""
        ruling, facts = gather(skus, self.currency, self.audience)
        if self.ruling != ruling or len(self.told) > MOST:
            self.told = {}
        self.ruling = ruling  # the same objects are compared fastest
        told = self.told
        new = {sku: each for sku, each in facts.items() if sku not in told or told[sku][0] != each}
        if new:
            goods = {sku: each.sold.good for sku, each in new.items()}
            rows = {sku: each.rows for sku, each in new.items()}
            prices = shelved(goods, rows, ruling, viewer(self.audience), self.currency)
            prior = self.prior(goods, prices)
            told.update(
                (sku, tell(prices.get(sku), each, prior.get(sku))) for sku, each in new.items()
            )
        return {sku: told[sku] for sku in facts}

    def prior(self, goods: dict[str, Good], prices: dict[str, Price]) -> dict[str, Money]:
        """Return what reduced goods cost before; a price that is one customer's has no past."""
        reduced = {sku: goods[sku] for sku, price in prices.items() if price.before}
        return lowest(reduced, self.currency) if reduced and self.audience == EVERYBODY else {}


@settled  # because what strangers are told is a matter of settings
def windows() -> dict[str, Together[str, Told]]:
    """What everybody is told, by currency; who asks at the same time is told together."""
    return {currency: Together(Window(currency).look) for currency in settings.CURRENCIES}


def offers(
    skus: tuple[str, ...], currency: str, audience: Audience = EVERYBODY
) -> tuple[Offer, ...]:
    """Return what is on offer under these SKUs, in their order, each once.

    A SKU that is unknown, offline or without a price in the currency is left out. While stock is
    silent the prices are still told: looking promises nothing, and buying asks stock again.
    """
    return tuple([each.offer for each in look(skus, currency, audience) if each.offer])


def for_strangers(
    skus: tuple[str, ...], currency: str, audience: Audience = EVERYBODY
) -> tuple[Offer, ...]:
    """Return the same as offers, with the figures that the shop shows to everybody."""
    return tuple([each.discreet for each in look(skus, currency, audience) if each.discreet])


def look(skus: tuple[str, ...], currency: str, audience: Audience) -> list[Told]:
    """Tell what there is to tell of each SKU."""
    together = windows().get(currency) if audience == EVERYBODY else None
    told = (together or Window(currency, audience).look)(skus)
    return [told[sku] for sku in dict.fromkeys(skus) if sku in told]


def tell(price: Price | None, facts: Facts, prior: Money | None) -> Told:
    """Say what is on offer under a SKU, if anything is."""
    if price is None:
        return Told(facts, None, None)
    found = replace(offer(price, facts), lowest=prior)
    return Told(facts, found, discreet(found))


def offer(price: Price, facts: Facts) -> Offer:
    """Put together what is told of one SKU."""
    parts, levels = facts.sold.parts, facts.levels
    if levels is None:
        return Offer(price, Supply.UNKNOWN, None)
    left = free(parts, levels)
    if begins := opening(parts, levels):
        return Offer(price, Supply.COMING, left, begins)
    return Offer(price, domain.supply(left), left, single=parts[0].sku == price.sku)


def discreet(offer: Offer) -> Offer:
    """Leave out how many units are left where the shop keeps that to itself."""
    if offer.free is None or settings.STOCK_DISPLAY == "exact":
        return offer
    if settings.STOCK_DISPLAY == "threshold" and offer.free <= settings.STOCK_DISPLAY_THRESHOLD:
        return offer
    if offer.opening:
        return replace(offer, free=None)
    return replace(offer, supply=Supply.IN_STOCK if offer.free else Supply.SOLD_OUT, free=None)


def opening(parts: Parts, levels: Levels) -> Opening | None:
    """Find the sale to come that a good waits for, the last one if its parts are in several."""
    sales = zip(parts, levels, strict=True)
    found = (Opening(level.starts_at, part.sku) for part, level in sales if level.starts_at)
    return max(found, key=begin, default=None)


def begin(opening: Opening) -> datetime:
    """Order openings by time."""
    return opening.starts_at


def free(parts: Parts, levels: Levels) -> int | None:
    """Count how often a good can be put together from what is free."""
    counted = zip(parts, levels, strict=True)
    return domain.complete((level.free, part.quantity) for part, level in counted if level.tracked)
