"""What the cart context does when the catalogue changes."""

from apps.catalog.events import ProductsChanged
from commerce.events import repeatable_on

from .service.warm import follow


@repeatable_on(ProductsChanged)
def remember(fact: ProductsChanged) -> None:
    """Remember what is sold now, however often and late the fact arrives."""
    follow(fact.products, fact.gone)
