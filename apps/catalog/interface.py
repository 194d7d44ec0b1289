"""What the catalog context offers the others."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from uuid import UUID

from commerce.services import Service, ServiceError, connect, operation


class Kind(Enum):
    """How a product is put together and delivered."""

    SIMPLE = "simple"
    CONFIGURABLE = "configurable"  # one of several variants is bought
    VIRTUAL = "virtual"  # nothing is shipped
    DOWNLOADABLE = "downloadable"
    BUNDLE = "bundle"  # bought as one, held as its components
    GROUPED = "grouped"  # a page that shows several products; not sold itself


class Visibility(Enum):
    """Where a product may be met."""

    NOWHERE = "nowhere"
    CATALOG = "catalog"
    SEARCH = "search"
    EVERYWHERE = "everywhere"


@dataclass(frozen=True)
class Picture:
    """A picture of a product; `options` says which choice it shows, as in {"color": "Blue"}."""

    asset: str  # key in the media context
    alt: dict[str, str] = field(default_factory=dict)  # by locale
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Variant:
    """One thing that can be bought: a SKU and the choice that leads to it."""

    sku: str
    options: dict[str, str] = field(default_factory=dict)
    weight: int = 0  # grams
    external_id: str = ""


@dataclass(frozen=True)
class Component:
    """So many units of a SKU that a bundle or group is made of."""

    sku: str
    quantity: int


@dataclass(frozen=True)
class ProductDraft:
    """Everything a merchant says about a product. Texts are by locale; text is HTML where noted."""

    key: str  # the merchant's own code; for a product with one variant, its SKU
    kind: Kind
    name: dict[str, str]
    slug: str  # of its page, in every language that has none of its own
    slugs: dict[str, str] = field(default_factory=dict)  # by locale
    product_class: str = "Default"
    summary: dict[str, str] = field(default_factory=dict)  # HTML
    description: dict[str, str] = field(default_factory=dict)  # HTML
    categories: tuple[str, ...] = ()  # paths of names in the default locale: "Men/Tops"
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    options: tuple[str, ...] = ()  # attribute codes by which a variant is chosen, in order
    variants: tuple[Variant, ...] = ()
    components: tuple[Component, ...] = ()
    pictures: tuple[Picture, ...] = ()
    related: tuple[str, ...] = ()  # keys of similar products
    accessories: tuple[str, ...] = ()  # keys of what goes with it
    replacement: str = ""  # key of what is sold in its place
    tax_class: str = "standard"
    online: bool = True  # a product that is not is a draft, whatever its dates
    online_from: datetime | None = None
    online_until: datetime | None = None
    visibility: Visibility = Visibility.EVERYWHERE

    def live_at(self, moment: datetime) -> bool:
        """Whether shoppers can buy it at that moment; the database says the same, see LIVE."""
        begun = self.online_from is None or self.online_from <= moment
        ended = self.online_until is not None and self.online_until <= moment
        return self.online and begun and not ended


@dataclass(frozen=True)
class Product:
    """A product as it stands, without price and stock."""

    id: UUID
    version: int
    updated_at: datetime
    draft: ProductDraft
    revision: int = 0  # of the catalogue: higher than that of every change before it
    collections: tuple[str, ...] = ()  # slugs of the collections whose rule it fits


@dataclass(frozen=True)
class Item:
    """What a cart needs to know about a SKU."""

    sku: str
    product: UUID
    slug: str
    name: dict[str, str]
    options: dict[str, str]
    picture: str | None  # key in the media context
    ships: bool
    tax_class: str
    weight: int  # grams
    components: tuple[Component, ...] = ()
    choice: dict[str, str] = field(default_factory=dict)  # the options in words, by locale

    @property
    def parts(self) -> tuple[Component, ...]:
        """The SKUs that are taken from stock when one unit is bought."""
        return self.components or (Component(self.sku, 1),)


@dataclass(frozen=True)
class Good:
    """What prices and supply depend on of a SKU: no words, no pictures."""

    sku: str
    slug: str
    categories: tuple[str, ...]  # paths of slugs, parents too: "men" and "men/tops"
    ships: bool
    tax_class: str
    weight: int  # grams
    components: tuple[Component, ...] = ()

    @property
    def parts(self) -> tuple[Component, ...]:
        """The SKUs that are taken from stock when one unit is bought."""
        return self.components or (Component(self.sku, 1),)


@dataclass(frozen=True)
class Category:
    """A node of the category tree; `path` is made of slugs: "men/tops"."""

    path: str
    name: dict[str, str]
    depth: int  # 1 at the top
    description: dict[str, str] = field(default_factory=dict)
    formerly: tuple[str, ...] = ()  # paths that led to it before it was moved; they lead on to it


class Type(Enum):
    """What the values of an attribute are; all of them are written as text."""

    TEXT = "text"  # one or several
    NUMBER = "number"  # "12.5"
    BOOLEAN = "boolean"  # "true" or "false"
    CHOICE = "choice"  # one of the attribute's values
    CHOICES = "choices"  # some of them
    DATE = "date"  # "2030-12-31"
    MEASURE = "measure"  # a number of the attribute's unit: "350"


@dataclass(frozen=True)
class Attribute:
    """A property that products can have, with its words in each language."""

    code: str
    label: dict[str, str]
    values: dict[str, dict[str, str]] = field(default_factory=dict)  # value -> label by locale
    facet: bool = True  # shoppers can narrow a result by it
    type: Type = Type.TEXT
    unit: str = ""  # of a measure: "ml"
    searchable: bool = True  # its values are found by typing them


@dataclass(frozen=True)
class Trait:
    """What a class of products says of one attribute."""

    attribute: str  # code
    required: bool = False
    variant: bool = False  # shoppers may choose by it
    least: Decimal | None = None  # of numbers and measures
    most: Decimal | None = None


@dataclass(frozen=True)
class ProductClass:
    """What products of one sort have to say of themselves."""

    code: str  # as `product_class` names it
    label: dict[str, str] = field(default_factory=dict)
    traits: tuple[Trait, ...] = ()  # in the order in which shoppers and merchants read them
    open: bool = True  # its products may have attributes that it does not name
    version: int = 0


@dataclass(frozen=True)
class Rule:
    """Which products a collection holds: those that fit everything that is said here."""

    within: tuple[str, ...] = ()  # paths of slugs; in one of these categories or below
    classes: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)  # code -> any of these


@dataclass(frozen=True)
class Collection:
    """Products gathered by a rule; each product knows which collections it is in."""

    slug: str
    name: dict[str, str]
    rule: Rule
    description: dict[str, str] = field(default_factory=dict)  # HTML
    version: int = 0


@lru_cache(maxsize=10_000)
def slugs(path: str) -> str:
    """Turn a path of names into its path of slugs: "Men/Hoodies & Co" gives "men/hoodies-co"."""
    plain = unicodedata.normalize("NFKD", path.casefold()).encode("ascii", "ignore").decode()
    steps = (re.sub(r"[^a-z0-9]+", "-", step).strip("-") for step in plain.split("/"))
    return "/".join(step for step in steps if step)


class Change(Enum):
    """What saving a draft did, or would do."""

    CREATED = "created"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """What became of one draft; `problems` are sentences for the merchant."""

    key: str
    change: Change
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Batch:
    """Some products in a stable order; ask again with `next` until it is None.

    `revision` is how far the catalogue had come: ask for what changed beyond it, another time.
    """

    products: tuple[Product, ...]
    next: str | None
    revision: int = 0
    gone: tuple[UUID, ...] = ()  # products that were removed beyond the revision asked for


class UnknownProduct(ServiceError):
    """No product that can be shown has this slug."""

    slug: str


class BadWords(ServiceError):
    """Words that cannot be kept; `problems` are sentences for the merchant. Nothing was changed."""

    problems: tuple[str, ...]


class Catalog(Service):
    """Knows what the shop sells, without prices and stock."""

    name = "catalog"
    errors = (UnknownProduct, BadWords)

    @operation
    def products(self, *, ids: tuple[UUID, ...]) -> tuple[Product, ...]:
        """Return the products with these ids, in that order; unknown ones are left out."""

    @operation
    def product(self, *, slug: str) -> Product:
        """Return the online product with this slug."""

    @operation
    def find(self, *, codes: tuple[str, ...]) -> tuple[Product, ...]:
        """Return the products with these keys or SKUs, ignoring case, online or not."""

    @operation
    def items(self, *, skus: tuple[str, ...]) -> dict[str, Item]:
        """Return what can be bought under each SKU; unknown and offline ones are left out."""

    @operation
    def goods(self, *, skus: tuple[str, ...]) -> dict[str, Good]:
        """Return the same SKUs as items does, with no more than prices depend on."""

    @operation
    def batch(
        self,
        *,
        after: str | None = None,
        limit: int = 500,
        since: datetime | None = None,
        beyond: int | None = None,
    ) -> Batch:
        """Walk through all products, or those changed since a moment or beyond a revision."""

    @operation
    def count(self) -> int:
        """Count all products, online or not."""

    @operation
    def categories(self) -> tuple[Category, ...]:
        """Return the category tree, parents before children, siblings in their order."""

    @operation
    def attributes(self) -> tuple[Attribute, ...]:
        """Return every attribute with its words."""

    @operation
    def classes(self) -> tuple[ProductClass, ...]:
        """Return every product class."""

    @operation
    def check(
        self, *, drafts: tuple[ProductDraft, ...], classes: tuple[ProductClass, ...] = ()
    ) -> tuple[Outcome, ...]:
        """Say what saving these drafts would do once these classes are described."""

    @operation
    def save(self, *, drafts: tuple[ProductDraft, ...]) -> tuple[Outcome, ...]:
        """Create or replace products by key, each wholly or not at all."""

    @operation
    def describe(
        self,
        *,
        categories: tuple[Category, ...] = (),
        attributes: tuple[Attribute, ...] = (),
        classes: tuple[ProductClass, ...] = (),
    ) -> None:
        """Set categories, attributes and classes, creating those that are missing."""


catalog = connect(Catalog)
