"""The catalogue over the API: products without price and stock, and the category tree."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpRequest

from apps.catalog.interface import (
    Category,
    Component,
    Kind,
    Picture,
    Product,
    Variant,
    Visibility,
    slugs,
)
from apps.catalog.service import CatalogService
from apps.catalog.service.listing import listing
from commerce import clock, ids
from commerce.rest.endpoint import Reply, endpoint
from commerce.rest.pagination import Cursor, PageQuery, page, position
from commerce.rest.problems import Problem

CACHED = 60  # seconds at the edge
KEYS = ("pk", "sk")
Tree = dict[str, list[Category]]


class ProductQuery(PageQuery, kw_only=True, frozen=True):
    """Which products: by SKU, by external id, or those changed after a moment."""

    sku: Annotated[tuple[str, ...], msgspec.Meta(max_length=100)] = ()
    external_id: str = ""
    updated_after: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class CategoryQuery(msgspec.Struct, kw_only=True, frozen=True):
    """How many levels of the tree are shown."""

    depth: Annotated[int, msgspec.Meta(ge=1, le=10)] = 10


class Place(msgspec.Struct, frozen=True):
    """A category of a product; the id is its path of slugs, the name its path of names."""

    id: str
    name: str


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A product without price and stock; one that is offline has only the first four fields.

    Texts are by language; summary and description are HTML.
    """

    id: str
    version: int
    updated_at: datetime
    online: bool
    key: str | msgspec.UnsetType = msgspec.UNSET
    kind: Kind | msgspec.UnsetType = msgspec.UNSET
    name: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    slug: str | msgspec.UnsetType = msgspec.UNSET
    slugs: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    product_class: str | msgspec.UnsetType = msgspec.UNSET
    summary: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    description: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    categories: tuple[Place, ...] | msgspec.UnsetType = msgspec.UNSET
    attributes: dict[str, tuple[str, ...]] | msgspec.UnsetType = msgspec.UNSET
    options: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    variants: tuple[Variant, ...] | msgspec.UnsetType = msgspec.UNSET
    components: tuple[Component, ...] | msgspec.UnsetType = msgspec.UNSET
    pictures: tuple[Picture, ...] | msgspec.UnsetType = msgspec.UNSET
    related: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    accessories: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    replacement: str | msgspec.UnsetType = msgspec.UNSET
    online_from: datetime | msgspec.UnsetType | None = msgspec.UNSET
    online_until: datetime | msgspec.UnsetType | None = msgspec.UNSET
    collections: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    tax_class: str | msgspec.UnsetType = msgspec.UNSET
    visibility: Visibility | msgspec.UnsetType = msgspec.UNSET


class Documents(msgspec.Struct, frozen=True):
    """A page of products."""

    data: tuple[Document, ...]
    page: Cursor


class Branch(msgspec.Struct, frozen=True):
    """A category with what is below it; texts are by language."""

    id: str
    name: dict[str, str]
    description: dict[str, str]
    depth: int
    children: tuple["Branch", ...]


class Branches(msgspec.Struct, frozen=True):
    """The top of the category tree."""

    data: tuple[Branch, ...]


@endpoint("GET", credentials=KEYS, query=ProductQuery, cache=CACHED, answers={200: Documents})
def products(request: HttpRequest, *, query: ProductQuery) -> Reply:
    """List products that are online.

    With `updated_after` they come in the order of their changes, and those taken offline are
    listed, too, with `"online": false` and nothing else to see.
    """
    rows = listing(
        skus=query.sku,
        external_id=query.external_id,
        since=query.updated_after,
        after=position(query, tuple[datetime, UUID]),
        limit=query.limit + 1,
    )
    return page(request, query, rows, place=lambda row: (row.updated_at, row.id), show=show)


@endpoint("GET", credentials=KEYS, cache=CACHED, answers={200: Document})
def product(request: HttpRequest, *, product: str) -> Reply:
    """Return a product's document; price and availability are asked for by SKU."""
    found = named(product)
    if not found.draft.live_at(clock.now()):
        raise Problem("not-found")
    return Reply(200, show(found), version=found.version)


@endpoint("GET", credentials=KEYS, query=CategoryQuery, cache=CACHED, answers={200: Branches})
def categories(request: HttpRequest, *, query: CategoryQuery) -> Reply:
    """Return the category tree."""
    return Reply(200, {"data": branches(tree(), "", query.depth)})


@endpoint("GET", credentials=KEYS, query=CategoryQuery, cache=CACHED, answers={200: Branch})
def category(request: HttpRequest, *, category: str, query: CategoryQuery) -> Reply:
    """Return one category with what is below it; its id is its path of slugs."""
    nodes = tree()
    for node in nodes.get(category.rpartition("/")[0], ()):
        if node.path == category:
            return Reply(200, branch(node, nodes, query.depth))
    raise Problem("not-found")


def named(product: str) -> Product:
    """Find a product by its id, online or not."""
    for found in CatalogService().products(ids=(ids.parse("prod", product),)):
        return found
    raise Problem("not-found")


def show(product: Product) -> dict[str, Any]:
    """Write a product as the API does."""
    head: dict[str, Any] = {
        "id": ids.public("prod", product.id),
        "version": product.version,
        "updated_at": product.updated_at,
        "online": product.draft.live_at(clock.now()),
    }
    return head | whole(product) if head["online"] else head


def whole(product: Product) -> dict[str, Any]:
    """Write everything about a product, whether it is online or not."""
    document: dict[str, Any] = msgspec.to_builtins(replace(product.draft))
    places = [{"id": slugs(names), "name": names} for names in product.draft.categories]
    document.pop("online")
    return document | {"categories": places, "collections": product.collections}


def tree() -> Tree:
    """Gather the categories by the path of the one above them."""
    nodes: Tree = {}
    for node in CatalogService().categories():
        nodes.setdefault(node.path.rpartition("/")[0], []).append(node)
    return nodes


def branches(nodes: Tree, above: str, depth: int) -> list[dict[str, Any]]:
    """Write the categories directly below one, each with its own branches."""
    below = nodes.get(above, ()) if depth else ()
    return [branch(node, nodes, depth - 1) for node in below]


def branch(node: Category, nodes: Tree, depth: int) -> dict[str, Any]:
    """Write a category and so many levels below it."""
    return {
        "id": node.path,
        "name": node.name,
        "description": node.description,
        "depth": node.depth,
        "children": branches(nodes, node.path, depth),
    }
