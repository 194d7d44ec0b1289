"""The shop's own format: one product, category or attribute a line (docs/import.md)."""

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, replace
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from apps.catalog.interface import Attribute, Category, Kind, ProductClass, ProductDraft, Variant
from apps.pricing.interface import Price
from commerce.money import Money, digits
from commerce.services import wire

from .findings import Entry, Finding, Item, PictureFile, Unusable, Words

AMOUNT = r"^[0-9]{1,12}(\.[0-9]{1,3})?$"
MOST = 1_000_000_000
SINGLE = (Kind.SIMPLE, Kind.VIRTUAL, Kind.DOWNLOADABLE, Kind.BUNDLE)
Amount = Annotated[str, Meta(pattern=AMOUNT)]


class PriceLine(msgspec.Struct, forbid_unknown_fields=True):
    """What a SKU costs in a currency."""

    sku: str
    currency: str
    amount: Amount
    before: Amount | None = None


class Extras(msgspec.Struct):
    """What a product line says beside the draft."""

    prices: tuple[PriceLine, ...] = ()
    stock: dict[str, Annotated[int, Meta(ge=0, le=MOST)] | None] = {}
    picture_files: tuple[PictureFile, ...] = ()


class BadLine(ValueError):
    """A line that cannot be used; the message is a sentence."""


def strict(shape: Any) -> Any:
    """Return a type that decodes like a dataclass, and refuses fields that it does not know."""
    what, inner = wire.kind(shape)
    if what == "record":
        known = [
            (each.name, strict(wire.parts(inner)[each.name]), unsaid(each))
            for each in fields(inner)
        ]
        return msgspec.defstruct(inner.__name__, known, forbid_unknown_fields=True)
    if what == "many":
        return tuple[strict(inner), ...]  # type: ignore[misc]
    if what == "map":
        return dict[str, strict(inner)]  # type: ignore[misc]
    return strict(inner) | None if what == "maybe" else inner


def unsaid(each: Field[Any]) -> Any:
    """Return the default of a field."""
    if each.default_factory is not MISSING:
        return msgspec.field(default_factory=each.default_factory)
    return msgspec.NODEFAULT if each.default is MISSING else each.default


LINES = msgspec.json.Decoder(
    msgspec.defstruct(
        "Line",
        [
            ("prices", tuple[PriceLine, ...], ()),
            ("stock", dict[str, Annotated[int, Meta(ge=0, le=MOST)] | None], {}),
            ("picture_files", strict(tuple[PictureFile, ...]), ()),
        ],
        bases=(strict(ProductDraft),),
        forbid_unknown_fields=True,
        kw_only=True,
    )
)


def check_start(line: bytes) -> None:
    """Refuse JSON that is not one object a line."""
    if line.lstrip().startswith(b"["):
        raise Unusable("The file is a JSON array. NDJSON has one object on each line, no commas.")
    if not line.lstrip().startswith(b"{"):
        raise Unusable("The first line is no JSON object. Is this a file for --format magento?")


def parse(number: int, line: bytes, currencies: tuple[str, ...]) -> Item:
    """Read one line: at once if it is a sound product, else again to say what it is."""
    try:
        said = LINES.decode(line)
        draft = msgspec.convert(said, ProductDraft, from_attributes=True)
        return entry(number, draft, said, currencies)
    except (BadLine, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return look_closely(number, line, currencies)


def look_closely(number: int, line: bytes, currencies: tuple[str, ...]) -> Item:
    """Read one line that is no sound product."""
    key = ""
    try:
        said = msgspec.json.decode(line)
        if not isinstance(said, dict):
            raise BadLine("The line is no JSON object.")
        key = str(said.get("key", ""))[:64]
        return words(number, said) or product(number, said, currencies)
    except (BadLine, msgspec.ValidationError) as problem:
        return Finding(number, key, f"{problem}".rstrip(".") + ".")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        return Finding(number, key, f"The line is no JSON: {problem}.")


def words(number: int, said: dict[str, Any]) -> Words | None:
    """Read a category, an attribute or a class, if that is what the line is."""
    if said.keys() == {"category"}:
        return Words(number, category=exactly(Category, said["category"]))
    if said.keys() == {"attribute"}:
        return Words(number, attribute=exactly(Attribute, said["attribute"]))
    if said.keys() == {"class"}:
        return Words(number, product_class=exactly(ProductClass, said["class"]))
    return None


def product(number: int, said: dict[str, Any], currencies: tuple[str, ...]) -> Entry:
    """Read a product with its prices, counts and pictures."""
    beside = {name: said[name] for name in Extras.__struct_fields__ if name in said}
    for file in beside.get("picture_files") or ():
        refuse_strangers(PictureFile, file, "picture_files")
    extras = msgspec.convert(beside, Extras)
    draft = exactly(ProductDraft, {n: value for n, value in said.items() if n not in beside})
    return entry(number, draft, extras, currencies)


def entry(number: int, draft: ProductDraft, extras: Any, currencies: tuple[str, ...]) -> Entry:
    """Put a draft together with its prices, counts and pictures."""
    if draft.kind in SINGLE and not draft.variants:
        draft = replace(draft, variants=(Variant(draft.key),))
    check_skus(draft, extras, currencies)
    return Entry(
        line=number,
        key=draft.key,
        draft=draft,
        prices=tuple(map(price, extras.prices)),
        counts=extras.stock,
        pictures=msgspec.convert(
            extras.picture_files, tuple[PictureFile, ...], from_attributes=True
        )
        if extras.picture_files
        else (),
    )


def exactly(shape: Any, said: Any) -> Any:
    """Read a value that has no field which its type does not know."""
    refuse_strangers(shape, said, "")
    return msgspec.convert(said, shape)


def refuse_strangers(shape: Any, said: Any, place: str) -> None:
    """Name the first unknown field, so that a slip of the pen does not go unnoticed."""
    for stranger in strangers(shape, said):
        raise BadLine(f"There is no field {stranger!r}{f' in {place}' if place else ''}.")


def strangers(shape: Any, said: Any) -> Iterator[str]:
    """List the fields in a value, however deep, that its type does not know."""
    what, inner = wire.kind(shape)
    if what == "record" and isinstance(said, dict):
        known = wire.parts(inner)
        yield from (name for name in said if name not in known)
        for name in said.keys() & known.keys():
            yield from strangers(known[name], said[name])
    elif what == "many" and isinstance(said, list):
        for each in said:
            yield from strangers(inner, each)


def check_skus(draft: ProductDraft, extras: Extras, currencies: tuple[str, ...]) -> None:
    """Prices and counts are about this product, and in money the shop takes."""
    own = {variant.sku for variant in draft.variants}
    for sku in (*(price.sku for price in extras.prices), *extras.stock):
        if sku not in own:
            raise BadLine(f"The SKU {sku[:64]} is no variant of this product.")
    if extras.stock and draft.components:
        raise BadLine(f"A {draft.kind.value} product has no stock of its own.")
    for price in extras.prices:
        if price.currency not in currencies:
            sold = ", ".join(currencies)
            raise BadLine(f"The shop does not sell in {price.currency!r}; it sells in {sold}.")
    places = [(price.sku, price.currency) for price in extras.prices]
    if len(set(places)) < len(places):
        raise BadLine("A SKU has two prices in one currency.")


def price(line: PriceLine) -> Price:
    """Write a price as the price list takes it."""
    before = line.before and money(line.before, line.currency)
    return Price(line.sku, money(line.amount, line.currency), before or None)


def money(amount: str, currency: str) -> Money:
    """Read an amount; where it has as many digits as its currency, without a Decimal."""
    whole, _, part = amount.partition(".")
    if len(part) == digits(currency):
        return Money(int(whole + part), currency)
    return Money.of(Decimal(amount), currency)
