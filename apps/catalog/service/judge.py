"""Deciding what becomes of drafts, with the same eyes for a check and for saving."""

from collections import ChainMap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from apps.catalog.domain import (
    Classes,
    Columns,
    columns,
    fold,
    gathered,
    led_on,
    problems,
    settle,
)
from apps.catalog.interface import Change, Kind, Outcome, ProductClass, ProductDraft, Visibility

from . import words
from .bundles import Parts, circles, made_of, parts_of
from .read import askable
from .shops import lay_over

PRODUCTS = """
SELECT p.id, p.key, p.digest, p.version, p.slug
FROM unnest(%s::text[]) asked (key) JOIN catalog_product p ON upper(p.key) = upper(asked.key)
"""
SLUGS = """
SELECT slug, id, key FROM catalog_product WHERE slug = ANY(%(slugs)s)
UNION ALL
SELECT other.slug, id, key FROM catalog_slug AS other JOIN catalog_product ON id = product_id
WHERE other.slug = ANY(%(slugs)s)
"""
SKUS = """
SELECT v.sku, p.id, p.key, p.kind = %s AND coalesce(p.document ->> 'visibility', '') = %s
FROM unnest(%s::text[]) asked (sku)
JOIN catalog_variant v ON upper(v.sku) = upper(asked.sku)
JOIN catalog_product p ON p.id = v.product_id
"""


@dataclass(frozen=True)
class Standing:
    """A product that has the draft's key already."""

    id: UUID
    key: str
    digest: str
    version: int
    slug: str


@dataclass(frozen=True)
class Owner:
    """The product that a slug or SKU belongs to, with the spelling it has there."""

    product: UUID
    key: str
    spelling: str
    hidden: bool = False  # a simple product that nobody meets: a variant that waits for its product

    def gives_way(self, draft: ProductDraft) -> bool:
        """Whether the owner is nothing but the SKU that the draft makes a variant of."""
        single = self.hidden and self.key == self.spelling
        return single and draft.kind is Kind.CONFIGURABLE


@dataclass(frozen=True)
class Verdict:
    """What becomes of one draft."""

    draft: ProductDraft
    columns: Columns
    standing: Standing | None
    outcome: Outcome
    absorbed: tuple[UUID, ...] = ()  # hidden products that become variants of this one


@dataclass
class Claims:
    """The keys, slugs and SKUs that earlier drafts of the same call have taken."""

    taken: dict[tuple[str, str], str] = field(default_factory=dict)
    parts: Parts = field(default_factory=dict)

    def refusals(self, draft: ProductDraft) -> Iterator[str]:
        """Say what an earlier draft has taken already."""
        for (what, _), code in names(draft):
            if holder := self.taken.get((what, fold(code))):
                yield f"The {what} {code} was already used by {holder}, earlier in the same list."

    def take(self, draft: ProductDraft) -> None:
        """Let later drafts know what this one has."""
        self.taken |= {name: draft.key for name, _ in names(draft)}
        self.parts |= parts_of(draft)


def names(draft: ProductDraft) -> Iterator[tuple[tuple[str, str], str]]:
    """List everything that only one product can have, folded and as it is written."""
    yield ("key", fold(draft.key)), draft.key
    for slug in {draft.slug: None} | dict.fromkeys(draft.slugs.values()):
        yield ("slug", slug), slug
    for variant in draft.variants:
        yield ("SKU", fold(variant.sku)), variant.sku


def languages() -> tuple[str, ...]:
    """List the shop's languages, the default one first."""
    spoken = dict.fromkeys([settings.LANGUAGE_CODE, *(code for code, _ in settings.LANGUAGES)])
    return tuple(spoken)


def check(
    drafts: tuple[ProductDraft, ...], classes: tuple[ProductClass, ...]
) -> tuple[Outcome, ...]:
    """Say what saving would do once these classes are described."""
    laid, _ = lay_over(drafts)
    return tuple(verdict.outcome for verdict in judge(laid, Claims(), classes))


def judge(
    drafts: Iterable[ProductDraft], claims: Claims, described: tuple[ProductClass, ...] = ()
) -> list[Verdict]:
    """Compare settled drafts with one another and with what stands, in a few queries."""
    moved = words.moved()
    sound = [examined(Same(led_on(draft, moved)), languages()) for draft in drafts]
    settled = [each.draft for each in sound]
    standing, slugs, skus = look(settled)
    rules, nested = words.rules(), made_of(settled)
    sorts = Classes((*words.classes(), *described), words.attributes())
    verdicts = []
    for draft, faults, bare in sound:
        own = standing.get(fold(draft.key))
        owners = {"slug": slugs, "SKU": skus}
        reasons = (
            *faults,
            *sorts.problems(draft),
            *claims.refusals(draft),
            *respelt(draft.key, own),
            *conflicts(draft, own, owners),
            *circles(draft, ChainMap(claims.parts, nested)),
        )
        laid = replace(bare, collections=gathered(draft, bare.listed_in, rules))
        made = verdict(draft, laid, own, tuple(dict.fromkeys(reasons)))
        verdicts.append(replace(made, absorbed=absorbed(draft, own, skus)))
        if not reasons:
            claims.take(draft)
    return verdicts


class Same:
    """A draft that is the same only as itself, which is told without reading it."""

    def __init__(self, draft: ProductDraft) -> None:
        self.draft = draft

    def __hash__(self) -> int:
        return id(self.draft)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.draft is other.draft


class Examined(NamedTuple):
    """What can be said of a draft by itself."""

    draft: ProductDraft  # settled
    problems: tuple[str, ...]
    columns: Columns  # without collections


@lru_cache(maxsize=2_000)  # drafts that are checked are saved a moment later
def examined(same: Same, spoken: tuple[str, ...]) -> Examined:
    """Settle a draft and find what is wrong with it."""
    draft = settle(same.draft)
    faults = problems(draft, languages=spoken)
    return Examined(draft, faults, columns(draft, language=spoken[0], rules={}))


def verdict(
    draft: ProductDraft, laid: Columns, own: Standing | None, reasons: tuple[str, ...]
) -> Verdict:
    """Name the change that a draft makes."""
    if reasons:
        change = Change.REFUSED
    elif own is None:
        change = Change.CREATED
    else:
        change = Change.SAME if own.digest == laid.digest else Change.CHANGED
    return Verdict(draft, laid, own, Outcome(draft.key, change, reasons))


def look(
    drafts: list[ProductDraft],
) -> tuple[dict[str, Standing], dict[str, Owner], dict[str, Owner]]:
    """Fetch what stands under the drafts' keys, slugs and SKUs."""
    with connection.cursor() as cursor:
        cursor.execute(PRODUCTS, [askable(draft.key for draft in drafts)])
        standing = {fold(row[1]): Standing(*row) for row in cursor.fetchall()}
        wanted = askable(slug for draft in drafts for slug in (draft.slug, *draft.slugs.values()))
        cursor.execute(SLUGS, {"slugs": wanted})
        slugs = {slug: Owner(id, key, slug) for slug, id, key in cursor.fetchall()}
        wanted = askable(variant.sku for draft in drafts for variant in draft.variants)
        cursor.execute(SKUS, [Kind.SIMPLE.value, Visibility.NOWHERE.value, wanted])
        skus = {fold(sku): Owner(id, key, sku, *more) for sku, id, key, *more in cursor.fetchall()}
    return standing, slugs, skus


def respelt(key: str, own: Standing | None) -> Iterator[str]:
    """A code keeps its spelling, because prices and counts are kept under it."""
    if own and own.key != key:
        yield f"The key {key} is spelt {own.key} in the catalogue; write it so."


def conflicts(
    draft: ProductDraft, own: Standing | None, owners: dict[str, dict[str, Owner]]
) -> Iterator[str]:
    """Say which of the draft's names belong to another product or are spelt otherwise."""
    for (what, folded), code in names(draft):
        owner = owners.get(what, {}).get(folded)
        if owner and not owner.gives_way(draft) and (own is None or owner.product != own.id):
            yield f"The {what} {code} belongs to another product, {owner.key}."
        elif owner and owner.spelling != code:
            yield f"The {what} {code} is spelt {owner.spelling} in the catalogue; write it so."


def absorbed(draft: ProductDraft, own: Standing | None, skus: dict[str, Owner]) -> tuple[UUID, ...]:
    """List the hidden products whose SKUs become variants of this one."""
    owners = [skus[fold(v.sku)] for v in draft.variants if fold(v.sku) in skus]
    others = [each for each in owners if own is None or each.product != own.id]
    return tuple(each.product for each in others if each.gives_way(draft))
