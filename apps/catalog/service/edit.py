"""Changes by hand: each field that a merchant changes is the shop's from then on."""

from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from apps.catalog import models
from apps.catalog.domain import edited, given_back
from apps.catalog.interface import Change, Outcome, ProductDraft

from .judge import Claims, judge
from .read import by_ids
from .save import announce, remove, write
from .turn import take_turn


class Stale(Exception):
    """The product is no longer as whoever changes it has seen it."""


def try_out(draft: ProductDraft) -> Outcome:
    """Say what editing a product so would do."""
    return judge([draft], Claims())[0].outcome


@transaction.atomic
def edit(
    draft: ProductDraft, *, seen: int | None = None, back: frozenset[str] = frozenset()
) -> Outcome:
    """Write a draft made by hand, over the version that was seen; `back` are fields given back."""
    take_turn()
    product = models.Product.objects.filter(key=draft.key).values("id", "version", "owned").first()
    if (product["version"] if product else None) != seen:
        raise Stale
    owned: dict[str, Any] = product["owned"] if product else {}
    back &= owned.keys()
    wanted = given_back(draft, owned, set(back))
    verdict = judge([wanted], Claims())[0]
    if product and verdict.outcome.change is not Change.REFUSED:
        (before,) = by_ids((product["id"],))
        left = {name: said for name, said in owned.items() if name not in back}
        now = edited(before.draft, verdict.draft, left)
        keep(product["id"], {name: said for name, said in now.items() if name not in back})
    write([verdict])
    return verdict.outcome


@transaction.atomic
def replace_whole(draft: ProductDraft, *, seen: int) -> Outcome:
    """Write a draft over the version that was seen, leaving what is the shop's as the shop's."""
    take_turn()
    rows = models.Product.objects.filter(key=draft.key, version=seen)
    if not rows.exists():
        raise Stale
    verdict = judge([draft], Claims())[0]
    write([verdict])
    return verdict.outcome


@transaction.atomic
def withdraw(product: UUID, *, seen: int) -> None:
    """Remove a product for good, if it is as it was seen."""
    take_turn()
    if not models.Product.objects.filter(id=product, version=seen).exists():
        raise Stale
    skus = models.Variant.objects.filter(product=product).values_list("sku", flat=True)
    gone = tuple(skus)
    remove([product])
    announce([product], gone)


def keep(product: UUID, owned: dict[str, Any]) -> None:
    """Write down what is the shop's, if that is another than before."""
    rows = models.Product.objects.filter(id=product).exclude(owned=owned)
    rows.update(owned=msgspec.to_builtins(owned))
