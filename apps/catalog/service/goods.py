"""What prices ask for every SKU of a page: columns alone, no document."""

from msgspec import convert

from apps.catalog.interface import Component, Good
from commerce import postgres

from .items import SHIPPED
from .read import LIVE, askable

GOODS = (
    """
SELECT sku, slug, listed_in, kind, taxed_as, weight, nullif(made_of, '[]')
FROM catalog_variant JOIN catalog_product AS p ON p.id = product_id
WHERE sku = ANY(%s::text[]) AND """
    + LIVE
)


def goods(skus: tuple[str, ...]) -> dict[str, Good]:
    """Return what can be bought under each SKU."""
    return {row[0]: good(*row) for row in postgres.ask(GOODS, postgres.Words(askable(skus)))}


def good(
    sku: str,
    slug: str,
    categories: list[str],
    kind: str,
    tax_class: str,
    weight: int,
    components: list[dict[str, object]] | None,
) -> Good:
    """Make a good of a row."""
    return Good(
        sku=sku,
        slug=slug,
        categories=tuple(categories),
        ships=kind in SHIPPED,
        tax_class=tax_class,
        weight=weight,
        components=convert(components, tuple[Component, ...]) if components else (),
    )
