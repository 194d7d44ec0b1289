"""What the index knows of a product."""

import re
from collections.abc import Iterator

from apps.catalog.interface import Product, Visibility, catalog, slugs
from apps.search import store
from apps.search.domain import ancestors, fold

SHOWN = (Visibility.EVERYWHERE, Visibility.CATALOG, Visibility.SEARCH)


def everything() -> Iterator[Product]:
    """Walk through the catalogue."""
    after: str | None = None
    while True:
        batch = catalog.batch(after=after)
        yield from batch.products
        if batch.next is None:
            return
        after = batch.next


def visible(product: Product) -> bool:
    """Whether shoppers may find the product."""
    return product.draft.online and product.draft.visibility in SHOWN


def entry(product: Product) -> store.Entry:
    """Lay out everything by which a product can be found."""
    draft = product.draft
    skus = tuple(variant.sku for variant in draft.variants)
    choices = {(code, value) for v in draft.variants for code, value in v.options.items()}
    values = {(code, value) for code, many in draft.attributes.items() for value in many}
    tile = store.Tile(
        product=str(product.id),
        slug=draft.slug,
        name=draft.name,
        sku=next(iter(skus or tuple(part.sku for part in draft.components)), draft.key),
        picture=draft.pictures[0].asset if draft.pictures else None,
        alternatives=len(draft.variants),
    )
    found_by = " ".join(sorted(value for _, value in choices | values))
    return store.Entry(
        tile=tile,
        words={locale: f"{tile.title(locale)} {found_by}" for locale in store.LANGUAGES},
        text={locale: searchable(product, locale, found_by) for locale in store.LANGUAGES},
        codes=tuple({fold(code) for code in (draft.key, *skus)}),
        categories=tuple({step for path in draft.categories for step in ancestors(slugs(path))}),
        facets=tuple(f"{code}={value}" for code, value in sorted(choices | values)),
        created=product.id.int >> 80,
        order={locale: fold(tile.title(locale)) for locale in store.LANGUAGES},
    )


def searchable(product: Product, locale: str, found_by: str) -> str:
    """Everything a shopper could read about a product, without markup."""
    draft = product.draft
    html = (draft.summary.get(locale, ""), draft.description.get(locale, ""))
    return " ".join((*(re.sub(r"<[^>]+>", " ", text) for text in html), found_by))
