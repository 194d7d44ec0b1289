"""What the search context offers the others."""

from dataclasses import dataclass, field
from enum import Enum
from uuid import UUID

from commerce.services import Service, connect, operation


@dataclass(frozen=True)
class Query:
    """What a shopper looks for; filters are attribute codes with the values that may match."""

    locale: str
    text: str = ""
    category: str = ""  # path of slugs
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = "relevance"  # relevance, name, newest
    start: int = 0  # at most 10,000
    size: int = 24  # at most 100


@dataclass(frozen=True)
class Hit:
    """A product as a tile shows it; `sku` stands for its price."""

    product: UUID
    slug: str
    name: str
    sku: str
    picture: str | None
    alternatives: int  # how many variants there are to choose from


@dataclass(frozen=True)
class FacetValue:
    """One choice of a facet and how many products it would leave."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True)
class Facet:
    """A property by which the results can be narrowed."""

    code: str
    label: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True)
class Results:
    """Some hits of all that match, with facets over all that match."""

    total: int
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    suggestion: str | None = None  # a spelling that would find something


class Leads(Enum):
    """Where a suggestion leads."""

    PRODUCT = "product"
    CATEGORY = "category"


@dataclass(frozen=True)
class Suggestion:
    """What a shopper who types may want: a product by its slug, a category by its path."""

    text: str
    leads: Leads
    to: str


class Search(Service):
    """Finds products as shoppers mean it, typos included."""

    name = "search"

    @operation
    def find(self, *, query: Query) -> Results:
        """Return what matches, best first."""

    @operation
    def suggest(self, *, text: str, locale: str) -> tuple[Suggestion, ...]:
        """Guess from its beginning what a shopper is going to look for; at most eight guesses."""

    @operation
    def refresh(self, *, products: tuple[UUID, ...]) -> None:
        """Bring the index up to date with the catalogue for these products."""


search = connect(Search)
