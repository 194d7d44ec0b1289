"""Bundles inside bundles: no chain of them may come back to where it began."""

from collections.abc import Iterable, Iterator, Mapping

from django.db import connection

from apps.catalog.interface import Kind, ProductDraft

from .read import askable

Parts = dict[str, tuple[str, ...]]  # SKU of a bundle -> SKUs of its components
BELOW = """
WITH RECURSIVE bundle (sku, parts) AS (
    SELECT v.sku, p.made_of FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id
    WHERE v.sku = ANY(%s) AND p.kind = 'bundle'
    UNION
    SELECT v.sku, p.made_of FROM bundle, jsonb_array_elements(bundle.parts) AS part
    JOIN catalog_variant v ON v.sku = part ->> 'sku' JOIN catalog_product p ON p.id = v.product_id
    WHERE p.kind = 'bundle'
) SELECT sku, ARRAY(SELECT part ->> 'sku' FROM jsonb_array_elements(parts) AS part) FROM bundle
"""


def made_of(drafts: Iterable[ProductDraft]) -> Parts:
    """Fetch what the bundles inside these drafts are made of, all the way down."""
    inside = [
        part.sku for draft in drafts if draft.kind is Kind.BUNDLE for part in draft.components
    ]
    if not inside:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(BELOW, [askable(inside)])
        return {sku: tuple(parts) for sku, parts in cursor.fetchall()}


def parts_of(draft: ProductDraft) -> Parts:
    """Say what each SKU of a draft is made of."""
    inside = tuple(part.sku for part in draft.components) if draft.kind is Kind.BUNDLE else ()
    return {variant.sku: inside for variant in draft.variants if inside}


def circles(draft: ProductDraft, known: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Say which way a bundle leads back to itself."""
    for sku, parts in parts_of(draft).items():
        ways: list[tuple[str, ...]] = [(part,) for part in parts if part != sku]
        seen: set[str] = set()
        while ways:
            way = ways.pop()
            if way[-1] == sku:
                yield f"The bundle {sku} would hold itself, through {', '.join(way[:-1])}."
                return
            if way[-1] not in seen:
                seen.add(way[-1])
                ways += [(*way, part) for part in known.get(way[-1], ())]
