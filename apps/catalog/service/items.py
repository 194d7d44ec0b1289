"""What carts ask for every SKU: one query by primary key, no document read whole."""

from typing import Any

import msgspec

from apps.catalog.interface import Component, Item, Kind
from commerce import postgres

from .read import LIVE, askable

SHIPPED = {Kind.SIMPLE.value, Kind.CONFIGURABLE.value, Kind.BUNDLE.value}
COMPONENTS = msgspec.json.Decoder(tuple[Component, ...])
CHOSEN = msgspec.json.Decoder(tuple[tuple[str, dict[str, str]], ...])
TEXTS = msgspec.json.Decoder(dict[str, str])

QUERY = (
    """
SELECT v.sku, v.product_id, p.slug, (p.document -> 'name')::text, v.options::text, v.picture,
       p.kind, p.taxed_as, v.weight, p.made_of::text,
       coalesce((
           SELECT jsonb_agg(coalesce(known.words, jsonb_build_array(chosen.value, '{}'::jsonb)))
           FROM jsonb_each_text(v.options) AS chosen LEFT JOIN LATERAL (
               SELECT words FROM catalog_attribute, jsonb_array_elements("values") AS words
               WHERE code = chosen.key AND words ->> 0 = chosen.value
           ) AS known ON true
       ), '[]')::text
FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id
WHERE v.sku = ANY(%s::text[]) AND """
    + LIVE
)


def items(skus: tuple[str, ...]) -> dict[str, Item]:
    """Return what can be bought under each SKU."""
    return {row[0]: item(*row) for row in postgres.ask(QUERY, postgres.Words(askable(skus)))}


def item(
    sku: str, product: Any, slug: str, name: str, options: str, picture: str | None, *rest: Any
) -> Item:
    """Make an item of a row."""
    kind, tax_class, weight, components, chosen = rest
    names = TEXTS.decode(name)
    return Item(
        sku=sku,
        product=product,
        slug=slug,
        name=names,
        options=TEXTS.decode(options),
        picture=picture,
        ships=kind in SHIPPED,
        tax_class=tax_class,
        weight=weight,
        components=COMPONENTS.decode(components),
        choice={locale: in_words(CHOSEN.decode(chosen), locale) for locale in names},
    )


def in_words(chosen: tuple[tuple[str, dict[str, str]], ...], locale: str) -> str:
    """Say what was chosen in a language, as the merchant calls it where there are no words."""
    return ", ".join(labels.get(locale, value) for value, labels in chosen)
