"""What the search context does when the catalogue changes."""

from apps.catalog.events import ProductsChanged
from commerce.events import repeatable_on

from .service import SearchService


@repeatable_on(ProductsChanged, queue="search")
def follow(fact: ProductsChanged) -> None:
    """Index the products as they are now, however often and late the fact arrives."""
    SearchService().refresh(products=fact.products)
