"""What is sold: goods, and the words that pick some of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .amounts import BadAmount, whole


class RefersToItself(ValueError):
    """A rule, category or surcharge that in the end depends on itself."""


@dataclass(frozen=True)
class Good:
    """A SKU with what rules may ask about it; `categories` holds their parents too."""

    sku: str
    product: str = ""  # what it is a variant of
    categories: frozenset[str] = frozenset()
    tax_category: str = ""
    includes_tax: bool | None = None  # None leaves it to the tax rate
    weight: Decimal = Decimal(0)
    ships: bool = True
    shipping_category: str = ""
    surcharge_on: str = ""  # the SKU this is a fee for

    def __post_init__(self) -> None:
        if self.surcharge_on == self.sku:
            raise RefersToItself(f"{self.sku} is a surcharge on itself")
        if not self.weight.is_finite() or self.weight < 0:
            raise BadAmount(f"{self.sku} cannot weigh {self.weight}")


@dataclass(frozen=True)
class Only:
    """Picks goods: all that is said must hold, of each kind one name is enough."""

    skus: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    price_from: int | None = None
    price_to: int | None = None
    cheapest_unit: bool = False  # of all that are picked, one unit of the cheapest

    def __post_init__(self) -> None:
        whole("A price limit", self.price_from, self.price_to)

    def picks(self, good: Good, price: int) -> bool:
        """Tell whether a good at this price of a unit is meant."""
        return (
            (not self.skus or good.sku in self.skus)
            and (not self.products or good.product in self.products)
            and (not self.categories or not self.categories.isdisjoint(good.categories))
            and (self.price_from is None or price >= self.price_from)
            and (self.price_to is None or price <= self.price_to)
        )


EVERYTHING = Only()


def with_parents(categories: frozenset[str], parents: Mapping[str, str]) -> frozenset[str]:
    """Add every category above these; refuses one that is above itself."""
    found: set[str] = set()
    for start in categories:
        path: list[str] = []
        each: str | None = start
        while each is not None:
            if each in path:
                raise RefersToItself(f"The category {each} is above itself")
            path.append(each)
            each = parents.get(each)
        found.update(path)
    return frozenset(found)
