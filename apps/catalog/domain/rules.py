"""What a product must say before the shop can sell it, one sentence for each reason."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from functools import lru_cache
from typing import TypeVar

import msgspec

from apps.catalog.interface import Attribute, Category, Kind, ProductDraft, slugs

T = TypeVar("T", bound=Hashable)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
LONGEST_CODE = 64  # characters of a key or SKU
LONGEST_NAME = 255  # characters
LONGEST_SLUG = 200  # characters
LONGEST_EXTERNAL_ID = 100  # characters
HEAVIEST = 1_000_000_000  # grams
LARGEST = 1_048_576  # bytes of a whole document
CHOICELESS = (Kind.SIMPLE, Kind.VIRTUAL, Kind.DOWNLOADABLE, Kind.BUNDLE)
MADE_OF_OTHERS = (Kind.BUNDLE, Kind.GROUPED)


def problems(draft: ProductDraft, *, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return everything that is wrong with a settled draft; the default language comes first."""
    found = (
        *code_problems("key", draft.key),
        *text_problems(draft, languages),
        *slug_problems(draft),
        *schedule_problems(draft),
        *variant_problems(draft),
        *component_problems(draft),
        *attribute_problems(draft),
        *category_problems(draft.categories),
        *picture_problems(draft),
        *size_problems(draft),
    )
    return tuple(dict.fromkeys(found))


def code_problems(what: str, code: str) -> Iterator[str]:
    """A key or SKU is short, printable, and has no space around it."""
    if code.isascii() and code.isprintable() and " " not in code and 0 < len(code) <= LONGEST_CODE:
        return
    if not code.strip():
        yield f"The {what} is empty."
    elif len(code) > LONGEST_CODE:
        yield f"The {what} {code[:20]!r}... has more than {LONGEST_CODE} characters."
    elif code != code.strip() or not code.isprintable():
        yield f"The {what} {code!r} has spaces around it or characters that cannot be printed."


def text_problems(draft: ProductDraft, languages: tuple[str, ...]) -> Iterator[str]:
    """Texts are in the shop's languages, and the name at least in the first of them."""
    if languages[0] not in draft.name:
        yield f"The name in the shop's language ({languages[0]}) is missing."
    texts = (
        *(draft.name, draft.summary, draft.description, draft.slugs),
        *(picture.alt for picture in draft.pictures),
    )
    strange = {locale for text in texts for locale in text} - set(languages)
    for locale in sorted(strange):
        yield f"The shop does not speak {locale!r}; it speaks {', '.join(languages)}."
    if any(len(name) > LONGEST_NAME for name in draft.name.values()):
        yield f"The name has more than {LONGEST_NAME} characters."


def slug_problems(draft: ProductDraft) -> Iterator[str]:
    """A slug is a plain part of a web address."""
    for slug in (draft.slug, *draft.slugs.values()):
        if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
            yield (
                f"The slug {slug[:60]!r} must be made of lower-case letters, digits and single"
                f" hyphens, at most {LONGEST_SLUG} characters."
            )


def schedule_problems(draft: ProductDraft) -> Iterator[str]:
    """What is shown for a time begins before it ends, at moments everyone understands alike."""
    moments = [moment for moment in (draft.online_from, draft.online_until) if moment]
    if any(moment.tzinfo is None for moment in moments):
        yield "A moment from or until which the product is online has no time zone."
    elif moments != sorted(set(moments)):
        yield "The product would go offline before it is online."


def variant_problems(draft: ProductDraft) -> Iterator[str]:
    """Each variant is one SKU and one choice, told apart by the product's options."""
    yield from kind_problems(draft)
    for variant in draft.variants:
        yield from code_problems("SKU", variant.sku)
        if set(variant.options) != set(draft.options) or not all(variant.options.values()):
            wanted = ", ".join(draft.options) or "no options"
            yield f"The variant {variant.sku} must have a value for exactly: {wanted}."
        if not 0 <= variant.weight <= HEAVIEST:
            yield f"The weight of {variant.sku} must be between 0 and {HEAVIEST} grams."
        if len(variant.external_id) > LONGEST_EXTERNAL_ID:
            yield f"The external id of {variant.sku} is longer than {LONGEST_EXTERNAL_ID}."
    for sku in twice(fold(variant.sku) for variant in draft.variants):
        yield f"The SKU {sku.upper()} stands in two variants."
    for choice in twice(tuple(sorted(v.options.items())) for v in draft.variants if v.options):
        yield f"Two variants are the same choice: {', '.join(value for _, value in choice)}."


def kind_problems(draft: ProductDraft) -> Iterator[str]:
    """The kind of a product says how many variants it has, and whether there is a choice."""
    if draft.kind is Kind.CONFIGURABLE and not (draft.options and draft.variants):
        yield "A configurable product needs options and variants."
    if draft.kind is not Kind.CONFIGURABLE and draft.options:
        yield f"A {draft.kind.value} product has no options to choose."
    if draft.kind in CHOICELESS and len(draft.variants) != 1:
        yield f"A {draft.kind.value} product has exactly one variant."
    if draft.kind is Kind.GROUPED and draft.variants:
        yield "A grouped product is not sold itself, so it has no variants."


def component_problems(draft: ProductDraft) -> Iterator[str]:
    """Bundles and groups are made of other products' SKUs; nothing else is."""
    if draft.kind in MADE_OF_OTHERS and not draft.components:
        yield f"A {draft.kind.value} product needs components."
    if draft.kind not in MADE_OF_OTHERS and draft.components:
        yield f"A {draft.kind.value} product has no components."
    if not draft.components:
        return
    own = {fold(variant.sku) for variant in draft.variants}
    for component in draft.components:
        yield from code_problems("SKU of a component", component.sku)
        if fold(component.sku) in own:
            yield f"{component.sku} cannot be a component of itself."
        if not 1 <= component.quantity <= 1_000_000:
            yield f"The quantity of the component {component.sku} must be at least 1."
    for sku in twice(fold(component.sku) for component in draft.components):
        yield f"The component {sku.upper()} stands twice."


def attribute_problems(draft: ProductDraft) -> Iterator[str]:
    """Codes can be part of a web address; values are words."""
    for code in dict.fromkeys((*draft.attributes, *draft.options)):
        if not CODE.fullmatch(code):
            yield f"The attribute code {code[:70]!r} must be lower-case letters, digits and '_'."
    for code, values in draft.attributes.items():
        if not all(0 < len(value) <= LONGEST_NAME for value in values):
            yield f"A value of {code} is empty or has more than {LONGEST_NAME} characters."
    if len(draft.product_class) > 100 or len(draft.tax_class) > 100:
        yield "The product class or tax class has more than 100 characters."


def category_problems(paths: Iterable[str]) -> Iterator[str]:
    """Each step of a category path can be written as a slug, and the whole is not too long."""
    for path in paths:
        yield from path_problems(path)


@lru_cache(maxsize=10_000)
def path_problems(path: str) -> tuple[str, ...]:
    """Say what is wrong with the path of a category."""
    steps = path.split("/")
    if not all(slugs(step) for step in steps):
        return (f"A step of the category {path[:100]!r} has no letter or digit from a to z.",)
    if len(path) > LONGEST_NAME or len(steps) > 10:
        return (f"The category {path[:60]!r}... is too deep or its name is too long.",)
    return ()


def picture_problems(draft: ProductDraft) -> Iterator[str]:
    """Pictures show choices that exist."""
    for picture in draft.pictures:
        if not 0 < len(picture.asset) <= LONGEST_CODE:
            yield "A picture has no key, or a key that is too long."
        if not set(picture.options) <= set(draft.options):
            yield f"A picture shows {', '.join(sorted(picture.options))}, which nobody can choose."


def size_problems(draft: ProductDraft) -> Iterator[str]:
    """The document can be kept at all."""
    document = msgspec.json.encode(draft)
    if len(document) > LARGEST:
        yield f"The product is larger than {LARGEST} bytes."
    if b"\\u0000" in document:
        yield "A text holds the character U+0000, which cannot be kept."


def word_problems(
    categories: tuple[Category, ...],
    attributes: tuple[Attribute, ...],
    *,
    languages: tuple[str, ...],
) -> tuple[str, ...]:
    """Return everything that is wrong with descriptions of categories and attributes."""
    found = [problem for each in categories for problem in place_problems(each, languages)]
    found += [problem for each in attributes for problem in property_problems(each, languages)]
    return tuple(dict.fromkeys(found))


def place_problems(category: Category, languages: tuple[str, ...]) -> Iterator[str]:
    """A category has a path of slugs, as deep as it says, and a name."""
    steps, where = category.path.split("/"), f"The category {category.path[:100]!r}"
    if not all(map(SLUG.fullmatch, steps)) or len(category.path) > LONGEST_NAME:
        yield f"{where} must have a path of slugs joined by '/'."
    if category.depth != len(steps):
        yield f"{where} has the depth {len(steps)}, not {category.depth}."
    yield from word_gaps(where, category.name, languages)


def property_problems(attribute: Attribute, languages: tuple[str, ...]) -> Iterator[str]:
    """An attribute has a code and a label."""
    where = f"The attribute {attribute.code[:70]!r}"
    if not CODE.fullmatch(attribute.code):
        yield f"{where} must have a code of lower-case letters, digits and '_'."
    yield from word_gaps(where, attribute.label, languages)


def word_gaps(where: str, texts: dict[str, str], languages: tuple[str, ...]) -> Iterator[str]:
    """Something shoppers read has a name in the shop's language, and none it does not speak."""
    if not texts.get(languages[0], "").strip():
        yield f"{where} has no name in the shop's language ({languages[0]})."
    if strange := set(texts) - set(languages):
        yield f"{where} is named in {', '.join(sorted(strange))}, which the shop does not speak."
    if "\0" in "".join(texts.values()) or any(len(t) > LONGEST_NAME for t in texts.values()):
        yield f"{where} has a name that is too long or cannot be kept."


def fold(code: str) -> str:
    """Write a code so that whatever PostgreSQL's upper() takes for the same is the same here."""
    return code.upper().casefold()


def twice(things: Iterable[T]) -> list[T]:
    """List what was there before, once each."""
    listed = tuple(things)
    if len(set(listed)) == len(listed):
        return []
    counted = Counter(listed)
    return [thing for thing, times in counted.items() if times > 1]
