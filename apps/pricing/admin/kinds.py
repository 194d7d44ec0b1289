"""In which words merchants choose what a promotion asks and does, and what each choice wants."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DOCUMENT = "document"  # the kind of a line that is written as JSON
PARTS = 4  # of a bundle


class Shape(Enum):
    """How a field is written."""

    AMOUNT = "amount"  # in major units of the promotion's currency
    NUMBER = "number"
    COUNT = "count"
    WORD = "word"
    WORDS = "words"
    MOMENT = "moment"
    FLAG = "flag"
    JSON = "json"


@dataclass(frozen=True)
class Asked:
    """A field of a line; its path says where the answer stands in the document."""

    path: str
    label: str | Promise
    shape: Shape
    needed: bool = False
    start: str = ""
    hint: str | Promise = ""


@dataclass(frozen=True)
class Group:
    """Fields that belong together, under one heading; one without a heading is always open."""

    title: str | Promise
    fields: tuple[Asked, ...]


@dataclass(frozen=True)
class Kind:
    """A choice, with the fields that it wants."""

    name: str
    label: str | Promise
    groups: tuple[Group, ...]

    @property
    def fields(self) -> tuple[Asked, ...]:
        """All fields, whatever their group."""
        return tuple(field for group in self.groups for field in group.fields)


def kind(name: str, label: str | Promise, *fields: Asked | Group) -> Kind:
    """Make a choice; fields beside each other are one group."""
    plain = tuple(each for each in fields if isinstance(each, Asked))
    groups = tuple(each for each in fields if isinstance(each, Group))
    return Kind(name, label, ((Group("", plain), *groups) if plain else groups))


def goods(title: str | Promise, path: str = "only") -> Group:
    """Ask which goods are meant."""
    return Group(title, tuple(replace(each, path=f"{path}.{each.path}") for each in GOODS))


def parts() -> Iterable[Group]:
    """Ask what a bundle is made of."""
    for number in range(PARTS):
        units = Asked(f"parts.{number}.units", _("units"), Shape.COUNT)
        meant = [replace(each, path=f"parts.{number}.only.{each.path}") for each in NAMED]
        yield Group(_("Part of the bundle"), (units, *meant))


NAMED = (
    Asked("products", _("products"), Shape.WORDS, hint="classic-mug, tea-pot"),
    Asked("categories", _("categories"), Shape.WORDS, hint="kitchen/cups, clothes"),
    Asked("skus", _("SKUs"), Shape.WORDS, hint="MUG-BLUE, MUG-RED"),
)
GOODS = (
    *NAMED,
    Asked("price_from", _("that cost at least"), Shape.AMOUNT),
    Asked("price_to", _("that cost at most"), Shape.AMOUNT),
    Asked("cheapest_unit", _("only the cheapest unit of them"), Shape.FLAG),
)
AMOUNT = Asked("amount", _("amount"), Shape.AMOUNT, needed=True)
PERCENT = Asked("percent", _("per cent"), Shape.NUMBER, needed=True)
UNITS = Asked("units", _("units"), Shape.COUNT, needed=True)
ONLY = _("Of which goods (all, if nothing is said)")

CONDITIONS = (
    kind("items-total-at-least", _("the goods cost at least"), AMOUNT),
    kind("quantity-at-least", _("so many units are in the cart"), UNITS),
    kind(
        "contains-product",
        _("certain goods are in the cart"),
        Asked("names", _("products or SKUs"), Shape.WORDS, needed=True, hint="classic-mug, CAP-1"),
        Asked("units", _("at least so many units"), Shape.COUNT, start="1"),
    ),
    kind(
        "contains-category",
        _("something of certain categories is in the cart"),
        Asked("categories", _("categories"), Shape.WORDS, needed=True, hint="kitchen/cups"),
    ),
    kind(
        "category-total-at-least",
        _("the goods of a category cost at least"),
        Asked("category", _("category"), Shape.WORD, needed=True, hint="kitchen/cups"),
        AMOUNT,
    ),
    kind(
        "weight-at-least",
        _("the goods weigh at least"),
        Asked("weight", _("grams"), Shape.NUMBER, needed=True),
    ),
    kind(
        "goes-to",
        _("the goods go to certain countries"),
        Asked("countries", _("countries"), Shape.WORDS, needed=True, hint="FR, DE"),
    ),
    kind(
        "sent-by",
        _("a certain way of sending is chosen"),
        Asked("methods", _("codes of ways of sending"), Shape.WORDS, needed=True, hint="express"),
    ),
    kind(
        "during",
        _("it is a certain time"),
        Asked("period.since", _("from"), Shape.MOMENT),
        Asked("period.until", _("until"), Shape.MOMENT),
    ),
    kind(
        "in-group",
        _("the customer belongs to certain groups"),
        Asked("groups", _("customer groups"), Shape.WORDS, needed=True, hint="wholesale, staff"),
    ),
    kind(
        "in-channel",
        _("the cart belongs to certain channels"),
        Asked("channels", _("channels"), Shape.WORDS, needed=True, hint="web, app"),
    ),
    kind(
        "nth-order",
        _("it is the customer's order of a certain number"),
        Asked("number", _("number (1: the first order)"), Shape.COUNT, needed=True, start="1"),
    ),
    kind(
        "orders-at-least",
        _("the customer has ordered so often before"),
        Asked("orders", _("orders"), Shape.COUNT, needed=True),
    ),
    kind("spent-at-least", _("the customer has spent so much on earlier orders"), AMOUNT),
    kind(
        "is-customer",
        _("the customer is one of"),
        Asked("keys", _("ids of customers"), Shape.WORDS, needed=True),
    ),
    kind(
        "applied",
        _("another promotion has applied before"),
        Asked("promotion", _("its key"), Shape.WORD, needed=True, hint="summer-sale"),
    ),
    kind(DOCUMENT, _("something else, as JSON"), Asked("", "JSON", Shape.JSON, needed=True)),
)
EFFECTS = (
    kind(
        "order-percent",
        _("per cents off the goods"),
        PERCENT,
        Asked("most", _("at most"), Shape.AMOUNT),
        goods(ONLY),
    ),
    kind("order-fixed", _("an amount off the goods"), AMOUNT, goods(ONLY)),
    kind("unit-percent", _("per cents off each unit"), PERCENT, goods(ONLY)),
    kind("unit-fixed", _("an amount off each unit"), AMOUNT, goods(ONLY)),
    kind(
        "new-price",
        _("a new price for each unit"),
        Asked("price", _("costs no more than"), Shape.AMOUNT, needed=True),
        goods(ONLY),
    ),
    kind(
        "buy-get",
        _("who buys some gets some for less"),
        Asked("buy", _("bought"), Shape.COUNT, needed=True, start="2"),
        Asked("get", _("and got for less"), Shape.COUNT, start="1"),
        Asked("percent", _("per cent off those"), Shape.NUMBER, start="100"),
        Asked("times", _("so often at most"), Shape.COUNT),
        goods(_("What has to be bought (anything, if nothing is said)")),
        goods(_("What is got for less (the same goods, if nothing is said)"), "get_only"),
    ),
    kind(
        "gift",
        _("a gift, free once it is in the cart"),
        Asked("sku", _("SKU"), Shape.WORD, needed=True, hint="CAP-1"),
        Asked("units", _("units"), Shape.COUNT, start="1"),
    ),
    kind(
        "bundle",
        _("different goods together for less"),
        Asked("price", _("together they cost"), Shape.AMOUNT),
        Asked("percent", _("or so many per cent less"), Shape.NUMBER),
        *parts(),
    ),
    kind(
        "shipping-off",
        _("something off sending"),
        Asked("percent", _("per cent (100: sending is free)"), Shape.NUMBER, start="100"),
        Asked("fixed", _("or an amount"), Shape.AMOUNT),
        Asked("methods", _("only these ways of sending"), Shape.WORDS, hint="standard, express"),
    ),
    kind(DOCUMENT, _("something else, as JSON"), Asked("", "JSON", Shape.JSON, needed=True)),
)
