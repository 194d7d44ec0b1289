"""How sales go, and which SKUs cannot be in one."""

from dataclasses import dataclass
from uuid import UUID

from apps.catalog.interface import catalog
from commerce.services import ServiceUnavailable

from .. import store
from .available import available
from .statement import rows

PEOPLE = """
SELECT count(*), count(*) FILTER (WHERE took), count(*) FILTER (WHERE used)
FROM stock_admission WHERE sale_id = %s
"""
GOODS = """
SELECT sku, coalesce(sum(held), 0)::integer, coalesce(sum(allocated), 0)::integer
FROM stock_sale_item LEFT JOIN stock_level USING (sku)
WHERE sale_id = %s GROUP BY sku ORDER BY sku
"""


@dataclass(frozen=True)
class Goods:
    """Units of a SKU in a sale: `left` is None where nobody counts."""

    sku: str
    left: int | None
    in_carts: int
    ordered: int  # and not sent yet


@dataclass(frozen=True)
class Progress:
    """How a sale goes; `waiting` is None while nobody can say."""

    waiting: int | None
    let_in: int
    took: int
    bought: int
    goods: tuple[Goods, ...]


def progress(sale: UUID) -> Progress:
    """Count people and goods of a sale."""
    try:
        waiting = store.waiting(sale)
    except ServiceUnavailable:
        waiting = None
    ((let_in, took, bought),) = rows(PEOPLE, sale)
    found = rows(GOODS, sale)
    there = available(tuple(sku for sku, *_ in found))
    goods = (
        Goods(sku, there[sku].free if there[sku].tracked else None, held, allocated)
        for sku, held, allocated in found
    )
    return Progress(waiting, let_in, took, bought, tuple(goods))


def sets(skus: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Choose the SKUs that are made of others, and say of which; a shelf has only those."""
    found = catalog.items(skus=skus).values()
    return {i.sku: tuple(part.sku for part in i.components) for i in found if i.components}
