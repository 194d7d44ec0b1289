"""Makes a product of its rows, laid over what the catalogue says of it now."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from apps.catalog.interface import Kind, Product, ProductDraft, Variant, slugs
from apps.connectors.domain.findings import Entry, fold

from .group import Group, Sheet, Unfit
from .offers import counts, prices
from .pictures import pictures

SILENT = {"has_options", "required_options", "quantity_and_stock_status"}
TAX_CLASSES = {"taxable goods": "standard", "0": "none"}


def entry(group: Group, known: Product | None) -> Entry:
    """Make the entry of a product; raises Unfit with the reason why that is impossible."""
    main = group.main
    base = known.draft if known else None
    if base and fold(base.key) != fold(main.sku):
        spelled = next(v.sku for v in base.variants if fold(v.sku) == fold(main.sku))
        offer = {spelled: main}
        return Entry(main.line, main.sku, None, prices(offer, main), counts(offer, base.kind))
    draft = with_choices(described(main, base), group, base)
    offers = sheets_by_sku(draft, group)
    return Entry(
        line=main.line,
        key=draft.key,
        draft=draft,
        prices=prices(offers, main),
        counts=counts(offers, draft.kind),
        pictures=pictures(draft, group) if main.terms.with_pictures else (),
        kept=base.pictures if base else (),
    )


def described(main: Sheet, base: ProductDraft | None) -> ProductDraft:
    """Lay what the rows say over what was known; what they do not say stays."""
    draft = base or blank(main)
    said: dict[str, Any] = {
        "name": draft.name | main.translations("name"),
        "summary": draft.summary | main.translations("short_description"),
        "description": draft.description | main.translations("description"),
    }
    for column, (part, read) in PARTS.items():
        if column in main:
            said[part] = read(main)
    if "additional_attributes" in main:
        said["attributes"] = draft.attributes | attributes(main)
    if main.terms.with_pictures and images(main):
        said["pictures"] = ()
    return replace(draft, **said)


def blank(main: Sheet) -> ProductDraft:
    """Begin a product that the catalogue does not have."""
    names = main.translations("name")
    default = main.terms.languages[0]
    if default not in names:
        raise Unfit("The product is not in the catalogue yet, so it needs a name.")
    slug = slugs(names[default].replace("/", " ")) or slugs(main.sku.replace("/", " "))
    return ProductDraft(key=main.sku, kind=Kind.SIMPLE, name=names, slug=slug)


def images(main: Sheet) -> bool:
    """Whether the rows name pictures at all."""
    return "base_image" in main or "additional_images" in main


def slug(main: Sheet) -> str:
    """Write a url_key as the shop writes slugs."""
    return slugs(main.text("url_key").replace("/", " "))


def categories(main: Sheet) -> tuple[str, ...]:
    """Leave out Magento's root; the deepest shelf comes last, for there the product stands."""
    below = [path.partition("/")[2] for path in main["categories"]]
    return tuple(sorted(dict.fromkeys(filter(None, below)), key=lambda path: path.count("/")))


def attributes(main: Sheet) -> dict[str, tuple[str, ...]]:
    """Return the attributes that say something to shoppers."""
    given = main["additional_attributes"]
    return {code: values for code, values in given.items() if code not in SILENT}


def tax_class(main: Sheet) -> str:
    """Translate the names of Magento's own tax classes."""
    name = main.text("tax_class_name").lower()
    return TAX_CLASSES.get(name) or slugs(name) or "standard"


def related(main: Sheet) -> tuple[str, ...]:
    """List the products to show beside this one."""
    separator = main.terms.values_separator
    named = f"{main.text('related_skus')}{separator}{main.text('upsell_skus')}".split(separator)
    return tuple(dict.fromkeys(filter(None, map(str.strip, named))))


PARTS: dict[str, tuple[str, Callable[[Sheet], Any]]] = {
    "product_type": ("kind", lambda main: main["product_type"]),
    "attribute_set_code": ("product_class", lambda main: main.text("attribute_set_code")),
    "url_key": ("slug", slug),
    "categories": ("categories", categories),
    "tax_class_name": ("tax_class", tax_class),
    "product_online": ("online", lambda main: main["product_online"]),
    "visibility": ("visibility", lambda main: main["visibility"]),
    "associated_skus": ("components", lambda main: main["associated_skus"]),
    "bundle_values": ("components", lambda main: main["bundle_values"]),
    "related_skus": ("related", related),
    "upsell_skus": ("related", related),
}


def with_choices(draft: ProductDraft, group: Group, base: ProductDraft | None) -> ProductDraft:
    """Add what can be bought: the variants of a configurable product, else the one SKU."""
    main = group.main
    if "configurable_variations" in main and draft.kind is Kind.CONFIGURABLE:
        choices = main["configurable_variations"]
        made = (variant(sku, choice, group, base) for sku, choice in choices.items())
        variants = tuple(each for each in made if each)
        options = tuple(next(iter(choices.values()), {}))
        return replace(draft, options=options, variants=variants)
    if draft.kind in (Kind.CONFIGURABLE, Kind.GROUPED):
        return draft
    own = draft.variants[0] if draft.variants else Variant(draft.key)
    weight = main.get("weight", own.weight)
    return replace(draft, variants=(replace(own, weight=weight),))


def variant(
    sku: str, options: dict[str, str], group: Group, base: ProductDraft | None
) -> Variant | None:
    """Make a variant of its row, or keep the one there is; None if it is offline."""
    sheet = group.children.get(fold(sku))
    known = next((v for v in (base.variants if base else ()) if fold(v.sku) == fold(sku)), None)
    if sheet is None:
        if known is None:
            raise Unfit(f"The variation {sku} stands in no good row of this file.")
        return replace(known, options=options)
    if not sheet.get("product_online", True):
        return None
    own = known or Variant(sheet.sku)
    return replace(own, options=options, weight=sheet.get("weight", own.weight))


def sheets_by_sku(draft: ProductDraft, group: Group) -> dict[str, Sheet]:
    """Pair the SKUs of a product with the rows that say what they cost."""
    if draft.kind is Kind.CONFIGURABLE:
        found = {v.sku: group.children.get(fold(v.sku)) for v in draft.variants}
        return {sku: sheet for sku, sheet in found.items() if sheet}
    return {variant.sku: group.main for variant in draft.variants}
