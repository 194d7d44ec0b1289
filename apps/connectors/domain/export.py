"""Writes products as files: lines that the import reads, or a sheet for people."""

from collections.abc import Iterable
from typing import Any

import msgspec

from apps.catalog.interface import Attribute, Category, Kind, Product, ProductClass, ProductDraft
from apps.pricing.interface import Price

REQUIRED: dict[str, Any] = {"key": "", "kind": Kind.SIMPLE, "name": {}, "slug": ""}
SILENT = msgspec.to_builtins(ProductDraft(**REQUIRED))
COLUMNS = ("key", "sku", "kind", "name", "options", "categories", "online", "weight", "prices")


def word_line(name: str, words: Category | Attribute | ProductClass) -> bytes:
    """Write a category, an attribute or a class."""
    said: dict[str, Any] = msgspec.to_builtins(words)
    said.pop("version", None)
    return encoded({name: said})


def product_line(product: Product, prices: Iterable[Price]) -> bytes:
    """Write a product with its prices, without the fields that say nothing."""
    said = {
        name: value
        for name, value in msgspec.to_builtins(product.draft).items()
        if name in REQUIRED or value != SILENT[name]
    }
    told = [price_of(price) for price in prices]
    return encoded(said | ({"prices": told} if told else {}))


def price_of(price: Price) -> dict[str, str]:
    """Write a price."""
    written = {
        "sku": price.sku,
        "currency": price.unit.currency,
        "amount": price.unit.to_json()["amount"],
    }
    return written | ({"before": price.before.to_json()["amount"]} if price.before else {})


def encoded(said: dict[str, Any]) -> bytes:
    """Write a line, the same for the same words whatever their order was."""
    return msgspec.json.encode(said, order="deterministic") + b"\n"


def rows(product: Product, prices: Iterable[Price], locale: str) -> list[tuple[str, ...]]:
    """Write a product as rows of a sheet, one for each of its SKUs."""
    draft, told = product.draft, list(prices)
    return [
        (
            draft.key,
            variant.sku,
            draft.kind.value,
            draft.name.get(locale, ""),
            ", ".join(f"{code}={value}" for code, value in variant.options.items()),
            ", ".join(draft.categories),
            "1" if draft.online else "0",
            str(variant.weight),
            ", ".join(f"{p.unit.amount:f} {p.unit.currency}" for p in told if p.sku == variant.sku),
        )
        for variant in draft.variants
    ]
