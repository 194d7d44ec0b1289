"""What is sold is written down before anybody asks: when the catalogue changes, and all at once."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.conf import settings

from apps.catalog.interface import Product, catalog
from apps.pricing.interface import pricing
from commerce.redis import Command

from .sold import LASTS, Sold, moment, packed, place, tell, written


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
