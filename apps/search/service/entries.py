"""What the index knows of a product."""

import functools
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from apps.catalog.interface import Product, Visibility, catalog, slugs
from apps.search import store
from apps.search.domain import ancestors, fold

SHOWN = (Visibility.EVERYWHERE, Visibility.CATALOG, Visibility.SEARCH)
AT_ONCE = 500  # products asked for at once
MARKUP = re.compile(r"<[^>]+>")


def everything() -> Iterator[store.Entry]:
    """Walk through the catalogue."""
    after: str | None = None
    while True:
        batch = catalog.batch(after=after, limit=AT_ONCE)
        yield from entries(batch.products)
        if batch.next is None:
            return
        after = batch.next


def changed(revision: int) -> tuple[store.Changes, int]:
    """Read what changed or went beyond a revision of the catalogue, and how far that leads."""
    batch = catalog.batch(beyond=revision, limit=AT_ONCE)
    shown = tuple(entries(batch.products))
    told = {str(product.id) for product in batch.products} | set(map(str, batch.gone))
    gone = told - {each.tile.product for each in shown}
    return store.Changes(shown, tuple(sorted(gone))), batch.revision


def latest() -> int:
    """Tell how far the catalogue has come."""
    return catalog.batch(limit=1).revision


def anew(products: Iterable[str]) -> store.Changes:
    """Read some products as they are now."""
    wanted = sorted(set(products))
    shown = tuple(entries(catalog.products(ids=tuple(map(UUID, wanted)))))
    gone = set(wanted) - {each.tile.product for each in shown}
    return store.Changes(shown, tuple(sorted(gone)))


def entries(products: Iterable[Product]) -> Iterator[store.Entry]:
    """Lay out the products that shoppers may find."""
    return (
        entry(product)
        for product in products
        if product.draft.online and product.draft.visibility in SHOWN
    )


def moment(when: datetime | None) -> int | None:
    """Write a moment as the index does, if there is one."""
    return None if when is None else store.milliseconds(when)


def entry(product: Product) -> store.Entry:
    """Lay out everything by which a product can be found."""
    draft, properties = product.draft, properties_of(product)
    skus = tuple([variant.sku for variant in draft.variants])
    tile = store.Tile(
        product=str(product.id),
        slug=draft.slug,
        name=draft.name,
        sku=next(iter(skus or tuple(part.sku for part in draft.components)), draft.key),
        picture=draft.pictures[0].asset if draft.pictures else None,
        alternatives=len(draft.variants),
        slugs=draft.slugs,
    )
    found_by = " ".join([value for values in properties.values() for value in values])
    titles = {locale: tile.title(locale) for locale in store.LANGUAGES}
    return store.Entry(
        tile=tile,
        words={locale: f"{title} {found_by}" for locale, title in titles.items()},
        text={locale: searchable(product, locale, found_by) for locale in store.LANGUAGES},
        codes=tuple({fold(code) for code in (draft.key, *skus)}),
        shelves=shelves_of(product),
        properties=properties,
        created=product.id.int >> 80,
        begins=moment(draft.online_from),
        ends=moment(draft.online_until),
        order={locale: fold(title) for locale, title in titles.items()},
    )


def properties_of(product: Product) -> dict[str, list[str]]:
    """Collect the values that the product and its variants have of each attribute."""
    found: dict[str, dict[str, None]] = {
        code: dict.fromkeys(values) for code, values in product.draft.attributes.items() if values
    }
    for variant in product.draft.variants:
        for code, value in variant.options.items():
            found.setdefault(code, {})[value] = None
    return {code: list(values) for code, values in found.items()}


def shelves_of(product: Product) -> dict[str, list[str]]:
    """List the categories of a product and all above them, by depth."""
    found: dict[str, list[str]] = {}
    for path in product.draft.categories:
        for depth, shelf in steps(path):
            shelves = found.setdefault(depth, [])
            if shelf not in shelves:
                shelves.append(shelf)
    return found


@functools.lru_cache(maxsize=10_000)
def steps(path: str) -> tuple[tuple[str, str], ...]:
    """List a category and all above it, each with its depth."""
    return tuple((str(n), shelf) for n, shelf in enumerate(ancestors(slugs(path)), start=1))


def searchable(product: Product, locale: str, found_by: str) -> str:
    """Everything a shopper could read about a product, without markup."""
    draft = product.draft
    html = f"{draft.summary.get(locale, '')} {draft.description.get(locale, '')}"
    return f"{MARKUP.sub(' ', html) if '<' in html else html} {found_by}"
