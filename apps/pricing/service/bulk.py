"""Prices by the million: checked and set some thousands at a time, each batch wholly or not."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from apps.pricing.domain.entries import Entry, Flaw
from commerce import postgres
from commerce.money import Money

from . import lists

BATCH = 5_000  # entries in one statement
STANDING = """
SELECT asked.number, price.minor FROM unnest(
    %s::integer[], %s::text[], %s::text[], %s::bigint[], %s::integer[]
) AS asked (number, sku, currency, list, units)
JOIN pricing_price AS price
    ON price.sku = asked.sku AND price.currency = asked.currency
    AND price.list_id IS NOT DISTINCT FROM asked.list AND price.from_quantity = asked.units
"""


class Tally(NamedTuple):
    """What came of some entries, in their order."""

    judged: list[Entry]
    changed: int = 0

    @property
    def flawed(self) -> list[Entry]:
        """Those that were left out."""
        return [each for each in self.judged if each.flaw]

    @property
    def same(self) -> int:
        """How many prices were so already."""
        return len(self.judged) - len(self.flawed) - self.changed


def set_all(entries: Iterable[Entry], *, any_drift: bool = False) -> Iterator[Tally]:
    """Set the prices that are sound, and tell after every batch what came of it."""
    source = iter(entries)
    while batch := list(islice(source, BATCH)):
        judged = judge(batch, any_drift=any_drift)
        yield Tally(judged, lists.write(each.price for each in judged if each.price))


def check_all(entries: Iterable[Entry], *, any_drift: bool = False) -> Iterator[Tally]:
    """Tell what is wrong with entries, and change nothing."""
    source = iter(entries)
    while batch := list(islice(source, BATCH)):
        yield Tally(judge(batch, any_drift=any_drift))


@transaction.atomic
def set_together(entries: Sequence[Entry], *, any_drift: bool = False) -> Tally:
    """Set all prices, or none if one is flawed."""
    tally = Tally(judge(entries, any_drift=any_drift))
    if tally.flawed:
        return tally
    return tally._replace(changed=lists.write(each.price for each in tally.judged if each.price))


def judge(entries: Sequence[Entry], *, any_drift: bool) -> list[Entry]:
    """Find what is wrong that the lines alone do not tell: unknown lists, and prices that jump."""
    named = {each.price.price_list for each in entries if each.price}
    numbers = lists.known_numbers(named - {lists.STANDARD})
    judged = [
        each.spoilt(Flaw.UNKNOWN_LIST, each.price.price_list)
        if each.price and each.price.price_list not in {lists.STANDARD, *numbers}
        else each
        for each in entries
    ]
    return judged if any_drift else [*drifted(judged, numbers)]


def drifted(entries: Sequence[Entry], numbers: dict[str, int]) -> Iterator[Entry]:
    """Refuse prices that are so many times what they were: most likely a comma went astray."""
    standing = amounts(entries, numbers)
    for place, each in enumerate(entries):
        before = standing.get(place)
        if before and each.price and is_far(before, each.price.unit.minor):
            was = Money(before, each.price.unit.currency)
            yield each.spoilt(Flaw.DRIFT, f"{was.amount:f} {was.currency} until now")
        else:
            yield each


def is_far(before: int, now: int) -> bool:
    """Tell whether a price becomes more times as high or as low than the shop trusts a file."""
    limit: int = settings.PRICE_DRIFT
    return now > before * limit or before > now * limit


def amounts(entries: Sequence[Entry], numbers: dict[str, int]) -> dict[int, int]:
    """Return the standing price of entries, in minor units, by their place."""
    rows = [
        (place, price.sku, price.unit.currency, numbers.get(price.price_list), price.from_quantity)
        for place, each in enumerate(entries)
        if (price := each.price)
    ]
    if not rows:
        return {}
    places, skus, currencies, *figures = zip(*rows, strict=True)
    texts = (postgres.Words(skus), postgres.Words(currencies))
    return dict(postgres.ask(STANDING, list(places), *texts, *map(list, figures)))
