"""Makes a product of its row and the rows of its combinations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from apps.catalog.interface import Kind, ProductDraft, Variant, Visibility, slugs
from apps.connectors.domain.findings import Entry, PictureFile, fold
from apps.connectors.domain.magento.cells import BadCell, values
from apps.connectors.domain.table import Row
from apps.pricing.interface import Price

from .offers import Terms, choice, code, number, price, units, weight

VISIBILITIES = {
    "": Visibility.EVERYWHERE,
    "both": Visibility.EVERYWHERE,
    "catalog": Visibility.CATALOG,
    "search": Visibility.SEARCH,
    "none": Visibility.NOWHERE,
}
ROOTS = {"home", "root", "accueil"}
BRAND = "brand"


@dataclass(frozen=True)
class Combination:
    """A variant as its row tells it."""

    variant: Variant
    price: Price
    count: int


def column(name: str) -> str:
    """Name a column without its hints: "Categories (x,y,z...)" is "categories"."""
    return fold(name.replace(" (Name:Type:Position)", "").partition("(")[0]).strip(" *#")


def entry(row: Row, combined: Sequence[Row], shelves: Mapping[str, str], terms: Terms) -> Entry:
    """Make the entry of a product; raises BadCell with the reason why that is impossible."""
    told = row.cells
    key = told.get("reference") or f"PS-{told['product id']}"
    made = list(combinations(key, told, combined, terms))
    kind = Kind.CONFIGURABLE if made else virtual_or_simple(told)
    own = Variant(key, weight=weight(told.get("weight", "")), external_id=told["product id"])
    variants = tuple(each.variant for each in made) or (own,)
    prices = tuple(each.price for each in made) or (price(key, told, number(""), terms),)
    counts: dict[str, int | None] = {each.variant.sku: each.count for each in made}
    if not made:
        counts = {key: units(told.get("quantity", "")) if kind is Kind.SIMPLE else None}
    draft = ProductDraft(
        key=key,
        kind=kind,
        name={terms.language: told.get("name", "")},
        slug=slugs((told.get("url rewritten") or told.get("name", "")).replace("/", " ")),
        summary=said(told.get("summary", ""), terms),
        description=said(told.get("description", ""), terms),
        categories=categories(told.get("categories", ""), shelves, terms),
        attributes=attributes(told, terms),
        options=tuple(variants[0].options),
        variants=variants,
        online=told.get("active", "1") != "0",
        visibility=visibility(told.get("visibility", "")),
    )
    return Entry(row.line, key, draft, prices, counts, pictures(told, terms))


def combinations(
    key: str, main: dict[str, str], rows: Sequence[Row], terms: Terms
) -> Iterator[Combination]:
    """Make the variants of a product; one without a reference is numbered."""
    for place, row in enumerate(rows, start=1):
        told = row.cells
        try:
            sku = told.get("reference") or f"{key}-{place}"
            names, chosen = told.get("attribute", ""), told.get("value", "")
            grams = weight(main.get("weight", ""), number(told.get("impact on weight", "")))
            options = choice(names, chosen, terms.values_separator)
            cost = price(sku, main, number(told.get("impact on price", "")), terms)
            yield Combination(Variant(sku, options, grams), cost, units(told.get("quantity", "")))
        except BadCell as problem:
            raise BadCell(f"Line {row.line} of the combinations: {problem}") from None


def said(text: str, terms: Terms) -> dict[str, str]:
    """Say something in the language of the files."""
    return {terms.language: text} if text else {}


def categories(text: str, shelves: Mapping[str, str], terms: Terms) -> tuple[str, ...]:
    """Read names, paths and numbers of categories, without PrestaShop's root."""
    found = (shelves.get(each, each) for each in values(text, terms.values_separator))
    below = (path.partition("/")[2] if rooted(path) else path for path in found)
    return tuple(sorted(dict.fromkeys(filter(None, below)), key=lambda path: path.count("/")))


def rooted(path: str) -> bool:
    """Whether a path begins with the category that holds all others."""
    return path.partition("/")[0].strip().lower() in ROOTS


def attributes(told: dict[str, str], terms: Terms) -> dict[str, tuple[str, ...]]:
    """Read the features `Name:Value:Position`, and the manufacturer as the brand."""
    found: dict[str, tuple[str, ...]] = {}
    if brand := told.get("manufacturer"):
        found[BRAND] = (brand,)
    for part in values(told.get("feature", ""), terms.values_separator):
        name, _, value = part.partition(":")
        if not value:
            raise BadCell(f"The feature {part[:60]!r} is not written as Name:Value:Position.")
        value = value.rpartition(":")[0].strip() or value.strip()
        found[code(name)] = (*found.get(code(name), ()), value)
    return found


def visibility(text: str) -> Visibility:
    """Read where a product may be met."""
    if text.lower() not in VISIBILITIES:
        raise BadCell(f"The visibility {text[:30]!r} is none of: both, catalog, search, none.")
    return VISIBILITIES[text.lower()]


def virtual_or_simple(told: dict[str, str]) -> Kind:
    """Tell a product that is not sent from one that is."""
    return Kind.VIRTUAL if told.get("virtual product") == "1" else Kind.SIMPLE


def pictures(told: dict[str, str], terms: Terms) -> tuple[PictureFile, ...]:
    """Name picture files as their addresses do."""
    addresses = values(told.get("image urls", ""), terms.values_separator)
    alts = told.get("image alt texts", "").split(terms.values_separator)
    named = zip(addresses, [*alts, *([""] * len(addresses))], strict=False)
    return tuple(
        PictureFile(PurePosixPath(urlsplit(address).path).name, said(alt.strip(), terms))
        for address, alt in named
    )
