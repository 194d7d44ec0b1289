"""A small house to shop in: two mugs, a set of both, and somebody to count them."""

import pytest

from apps.cart.service import goods
from apps.catalog.interface import Component, Kind, ProductDraft, Variant, catalog
from apps.pricing.interface import Price, pricing
from apps.stock.interface import Line, stock
from commerce.money import Money


@pytest.fixture
def house(transactional_db):
    """Sell MUG (3 on the shelf), TEE (1), and SET, made of two mugs and a tee."""
    goods.forget()
    catalog.save(
        drafts=(
            draft("MUG"),
            draft("TEE"),
            draft("SET", kind=Kind.BUNDLE, components=(Component("MUG", 2), Component("TEE", 1))),
        )
    )
    pricing.set_prices(
        prices=tuple(
            Price(sku, Money(cents, currency))
            for currency in ("EUR", "USD")
            for sku, cents in (("MUG", 1200), ("TEE", 2000), ("SET", 4000))
        )
    )
    stock.count(lines=(Line("MUG", 3), Line("TEE", 1)), reference="opening")
    yield
    goods.forget()


def draft(sku, kind=Kind.SIMPLE, **more) -> ProductDraft:
    return ProductDraft(
        key=sku,
        kind=kind,
        name={"en": sku.title()},
        slug=sku.lower(),
        variants=(Variant(sku, weight=300),),
        **more,
    )
