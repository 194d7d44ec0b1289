"""What is sold is written down before anybody asks: when the catalogue changes, and all at once."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.conf import settings

from apps.catalog.interface import Product, catalog
from apps.pricing.interface import pricing
from commerce.redis import Command

from .sold import LASTS, MARGIN, PLACES, Sold, moment, numbered, packed, place, tell, written

STEP = 1_024  # places that are tidied at once
TIDY = """
local kept, forgotten = redis.call('HGETALL', KEYS[1]), 0
for field = 1, #kept, 2 do
    if string.sub(kept[field + 1], 1, 8) < ARGV[1] then
        forgotten = forgotten + redis.call('HDEL', KEYS[1], kept[field])
    end
end
return forgotten
"""


def follow(ids: tuple[UUID, ...], gone: tuple[str, ...]) -> None:
    """Write anew what is remembered of products, and that some SKUs are sold no more."""
    end = moment(LASTS)
    write_anew(catalog.products(ids=ids), gone, end)


def follow_prices(skus: tuple[str, ...]) -> None:
    """Write anew what is remembered of SKUs whose prices have changed."""
    end = moment(LASTS)
    write_anew(catalog.find(codes=skus), skus, end)


def write_anew(products: tuple[Product, ...], gone: tuple[str, ...], end: bytes) -> None:
    """Write over what is remembered of products; what is not sold is gone."""
    sold = offered(products)
    off = {variant.sku for product in products for variant in product.draft.variants}.union(gone)
    told = [replaced(sku, packed(each, end)) for sku, each in sold.items()]
    told += [replaced(sku, end) for sku in off - sold.keys()]
    heard(tell(told))


def warm() -> Iterator[int]:
    """Write down everything that is sold; tells after each step how many products were seen."""
    mark: str | None = None
    while True:
        end = moment(LASTS)
        batch = catalog.batch(after=mark)
        told = [written(sku, packed(each, end)) for sku, each in offered(batch.products).items()]
        heard(tell(told))
        yield len(batch.products)
        if (mark := batch.next) is None:
            return


def tidy() -> int:
    """Forget the entries that have ended, and count them.

    Whoever could still write over one of them has read the catalogue a day ago.
    """
    oldest, forgotten = moment(-MARGIN), 0
    for first in range(0, PLACES, STEP):
        some = range(first, first + STEP)
        answers = tell([("EVAL", TIDY, 1, numbered(number), oldest) for number in some])
        heard(answers)
        forgotten += sum(answers)
    return forgotten


def offered(products: Iterable[Product]) -> dict[str, Sold]:
    """Say what is sold of products, with every currency that has a price."""
    drafts = [product.draft for product in products if product.draft.online]
    parts = {variant.sku: draft.components for draft in drafts for variant in draft.variants}
    priced = {c: pricing.prices(skus=tuple(parts), currency=c) for c in settings.CURRENCIES}
    return {
        sku: Sold(sku, tuple(c for c in settings.CURRENCIES if sku in priced[c]), components)
        for sku, components in parts.items()
    }


def replaced(sku: str, entry: bytes) -> Command:
    """Write an entry over whatever is there."""
    return ("HSET", place(sku), sku, entry)


def heard(answers: Iterable[object]) -> None:
    """See to it that everything has been written."""
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
