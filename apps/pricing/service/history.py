"""What strangers could buy for before a price was reduced, worked out from what changed when."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import connection

from apps.pricing.domain.cart import Cart
from apps.pricing.domain.goods import Good
from apps.pricing.domain.history import Step, lowest_before
from apps.pricing.domain.period import Period
from apps.pricing.interface import EVERYBODY
from commerce import clock, postgres
from commerce.money import Money

from .shelf import Rules, rules, shelved

LOOKED_BACK = timedelta(days=90)  # a reduction may have lasted for a while
CHANGES = """
SELECT sku, at, coalesce(list_id, 0), minor FROM pricing_pricechange
WHERE currency = %s AND sku = ANY(%s::text[]) ORDER BY at, id
"""
FORGET = """
DELETE FROM pricing_pricechange WHERE id IN (
    SELECT old.id FROM pricing_pricechange AS old WHERE old.at < %s AND EXISTS (
        SELECT FROM pricing_pricechange AS later
        WHERE later.sku = old.sku AND later.currency = old.currency AND later.at < %s
            AND later.list_id IS NOT DISTINCT FROM old.list_id
            AND (later.at, later.id) > (old.at, old.id)
    ) LIMIT %s
)
"""
AT_ONCE = 10_000  # rows in one statement
Changes = list[tuple[datetime, int, int | None]]


def lowest(goods: Mapping[str, Good], currency: str) -> dict[str, Money]:
    """Return the lowest price of the 30 days before each good's present price began, if known."""
    found: dict[str, Changes] = defaultdict(list)
    for sku, *change in postgres.ask(CHANGES, currency, postgres.Words(goods)):
        found[sku].append((change[0], change[1], change[2]))
    ruling = rules(currency, EVERYBODY, since=clock.now() - LOOKED_BACK)
    prior = {
        sku: lowest_before(steps(goods[sku], changes, ruling, currency))
        for sku, changes in found.items()
    }
    return {sku: Money(minor, currency) for sku, minor in prior.items() if minor is not None}


def steps(good: Good, changes: Changes, ruling: Rules, currency: str) -> list[Step]:
    """Price a good at every moment at which something about its price changed."""
    now = clock.now()
    moments = {at for at, _, _ in changes} | {
        end for period in periods(ruling) for end in (period.since, period.until) if end
    }
    return [
        Step(moment, price_at(good, changes, ruling, moment, currency))
        for moment in sorted(moments)
        if changes[0][0] <= moment <= now
    ]


def price_at(
    good: Good, changes: Changes, ruling: Rules, moment: datetime, currency: str
) -> int | None:
    """Price a good as it was at a moment; promotions count as they are written down today."""
    standing = {of: minor for at, of, minor in changes if at <= moment}
    rows = tuple((of, minor, None, 0, 1) for of, minor in standing.items() if minor is not None)
    told = shelved({good.sku: good}, {good.sku: rows}, ruling, Cart((), moment), currency)
    return told[good.sku].unit.minor if good.sku in told else None


def periods(ruling: Rules) -> Iterable[Period]:
    """List when rules are valid."""
    yield from (each.empty.period for each in ruling.headings)
    yield from (each.period for each in ruling.reductions)


def forget() -> int:
    """Drop what is older than anybody looks back, except what was valid then; counts the rows."""
    before = clock.now() - LOOKED_BACK
    dropped = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(FORGET, [before, before, AT_ONCE])
            gone = int(cursor.rowcount)
            dropped += gone
            if gone < AT_ONCE:
                return dropped
