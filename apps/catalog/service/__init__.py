"""The catalogue's operations, one verb to a file."""

from datetime import datetime
from uuid import UUID

from apps.catalog.interface import (
    Attribute,
    Batch,
    Catalog,
    Category,
    Good,
    Item,
    Outcome,
    Product,
    ProductClass,
    ProductDraft,
)
from commerce.services import light

from .describe import describe
from .goods import goods
from .items import items
from .judge import check
from .read import by_codes, by_ids, by_slug
from .save import save
from .walk import batch, count
from .words import attributes, categories, classes


class CatalogService(Catalog):
    """Answers from PostgreSQL."""

    def products(self, *, ids: tuple[UUID, ...]) -> tuple[Product, ...]:
        return by_ids(ids)

    def product(self, *, slug: str) -> Product:
        return by_slug(slug)

    def find(self, *, codes: tuple[str, ...]) -> tuple[Product, ...]:
        return by_codes(codes)

    @light
    def items(self, *, skus: tuple[str, ...]) -> dict[str, Item]:
        return items(skus)

    @light
    def goods(self, *, skus: tuple[str, ...]) -> dict[str, Good]:
        return goods(skus)

    def batch(
        self,
        *,
        after: str | None = None,
        limit: int = 500,
        since: datetime | None = None,
        beyond: int | None = None,
    ) -> Batch:
        return batch(after, limit, since, beyond)

    def count(self) -> int:
        return count()

    def categories(self) -> tuple[Category, ...]:
        return categories()

    def attributes(self) -> tuple[Attribute, ...]:
        return attributes()

    def classes(self) -> tuple[ProductClass, ...]:
        return classes()

    def check(
        self, *, drafts: tuple[ProductDraft, ...], classes: tuple[ProductClass, ...] = ()
    ) -> tuple[Outcome, ...]:
        return check(drafts, classes)

    def save(self, *, drafts: tuple[ProductDraft, ...]) -> tuple[Outcome, ...]:
        return save(drafts)

    def describe(
        self,
        *,
        categories: tuple[Category, ...] = (),
        attributes: tuple[Attribute, ...] = (),
        classes: tuple[ProductClass, ...] = (),
    ) -> None:
        describe(categories, attributes, classes)
