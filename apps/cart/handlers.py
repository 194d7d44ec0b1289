"""What the cart context does when the catalogue or the price list changes."""

from apps.catalog.events import ProductsChanged
from apps.pricing.events import PricesRemoved
from commerce.events import repeatable_on

from .service.warm import follow, follow_prices


@repeatable_on(ProductsChanged)
def remember(fact: ProductsChanged) -> None:
    """Remember what is sold now, however often and late the fact arrives."""
    follow(fact.products, fact.gone)


@repeatable_on(PricesRemoved)
def remember_prices(fact: PricesRemoved) -> None:
    """Remember in which currencies the SKUs are sold now, however often and late it arrives."""
    follow_prices(fact.skus)
