"""Saving drafts as sets: a handful of statements for hundreds of products."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.catalog.domain import Columns, picture_for
from apps.catalog.events import ProductsChanged
from apps.catalog.interface import Change, Outcome, ProductDraft
from apps.catalog.models import Product, Removal, Slug, Variant
from commerce import clock, ids
from commerce.events import publish

from . import tree
from .fill import fill
from .judge import Claims, Verdict, judge
from .shops import lay_over, remember
from .turn import take_turn
from .walk import latest

AT_ONCE = 1_000  # drafts in one transaction
TOLD = 500  # products in one fact
WRITTEN = (Change.CREATED, Change.CHANGED)
COLUMNS = [*(each.name for each in fields(Columns)), "version", "updated_at"]


def save(drafts: tuple[ProductDraft, ...]) -> tuple[Outcome, ...]:
    """Write what is sound and new, and say what became of each draft."""
    claims = Claims()
    outcomes: list[Outcome] = []
    for start in range(0, len(drafts), AT_ONCE):
        outcomes += save_some(drafts[start : start + AT_ONCE], claims)
    return tuple(outcomes)


@transaction.atomic
def save_some(drafts: tuple[ProductDraft, ...], claims: Claims) -> list[Outcome]:
    """Judge and write in one turn, so that what was judged is what is written."""
    take_turn()
    laid, said = lay_over(drafts)
    verdicts = judge(laid, claims)
    remember(said)
    write(verdicts)
    return [verdict.outcome for verdict in verdicts]


def write(verdicts: list[Verdict]) -> None:
    """Write and announce what is new; the caller has its turn."""
    changed = [verdict for verdict in verdicts if verdict.outcome.change in WRITTEN]
    if changed:
        tree.grow(path for verdict in changed for path in verdict.draft.categories)
        present = [verdict for verdict in changed if not is_plain(verdict)]
        products = write_products(present)
        written = list(zip(present, products, strict=True))
        gone = write_variants(written)
        write_slugs(written)
        filled = fill([verdict for verdict in changed if is_plain(verdict)], clock.now())
        absorbed = remove_absorbed(changed)
        announce([*(product.id for product in products), *filled, *absorbed], gone)


def is_plain(verdict: Verdict) -> bool:
    """Whether a product is new and touches nothing that is there."""
    return not (verdict.standing or verdict.absorbed or further_slugs(verdict))


def write_products(verdicts: list[Verdict]) -> list[Product]:
    """Insert new documents and replace old ones in one statement."""
    now = clock.now()
    return Product.objects.bulk_create(
        [row(verdict, now) for verdict in verdicts],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=COLUMNS,
    )


def row(verdict: Verdict, now: datetime) -> Product:
    """Lay out a draft as it is kept."""
    standing = verdict.standing
    return Product(
        id=standing.id if standing else ids.new(),
        version=standing.version + 1 if standing else 1,
        updated_at=now,
        **vars(verdict.columns),
    )


def write_variants(changed: list[tuple[Verdict, Product]]) -> tuple[str, ...]:
    """Remove the SKUs that went, write the others; returns those that went."""
    rows = list(variants(changed))
    kept = [variant.sku for variant in rows]
    before = [product.id for verdict, product in changed if verdict.standing]
    went = Variant.objects.filter(product__in=before).exclude(sku__in=kept)
    if gone := tuple(went.values_list("sku", flat=True)):
        Variant.objects.filter(sku__in=gone).delete()
    Variant.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["sku"],
        update_fields=["product", "position", "options", "weight", "picture", "external_id"],
    )
    return gone


def variants(changed: list[tuple[Verdict, Product]]) -> Iterator[Variant]:
    """Lay out every SKU of the changed products."""
    for verdict, product in changed:
        for position, variant in enumerate(verdict.draft.variants):
            yield Variant(
                sku=variant.sku,
                product=product,
                position=position,
                options=variant.options,
                weight=variant.weight,
                picture=picture_for(verdict.draft, variant),
                external_id=variant.external_id,
            )


def write_slugs(changed: list[tuple[Verdict, Product]]) -> None:
    """Have every slug lead to its product that it has beside the first, or had before."""
    rows = [
        Slug(slug=slug, product=product)
        for verdict, product in changed
        for slug in further_slugs(verdict)
    ]
    Slug.objects.bulk_create(rows, ignore_conflicts=True)


def further_slugs(verdict: Verdict) -> set[str]:
    """List the slugs of other languages, and the one that it had until now."""
    draft, standing = verdict.draft, verdict.standing
    return {*draft.slugs.values(), *([standing.slug] if standing else [])} - {draft.slug}


def remove_absorbed(verdicts: list[Verdict]) -> list[UUID]:
    """Remove hidden products whose SKU is now a variant of another."""
    gone = [id for verdict in verdicts for id in verdict.absorbed]
    if gone:
        remove(gone)
    return gone


def remove(products: list[UUID]) -> None:
    """Remove products, and remember for those who follow the changes that they are gone."""
    rows, now = Product.objects.filter(id__in=products), clock.now()
    Removal.objects.bulk_create(
        [Removal(product=id, key=key, removed_at=now) for id, key in rows.values_list("id", "key")]
    )
    rows.delete()


def announce(products: list[UUID], gone: tuple[str, ...]) -> None:
    """Tell of every product that changed or went, at most so many in one fact."""
    first, *others = (
        tuple(products[start : start + TOLD]) for start in range(0, len(products), TOLD)
    )
    reached = latest()
    publish(
        ProductsChanged(products=first, gone=gone, revision=reached),
        *(ProductsChanged(products=part, revision=reached) for part in others),
    )
