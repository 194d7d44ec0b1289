"""Collections: kept with each product when it changes, and gathered anew when a rule does."""

from uuid import UUID

import msgspec
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog import models
from apps.catalog.domain import cleaned, gathered, word_gaps
from apps.catalog.interface import BadWords, Collection, Rule
from commerce import ids
from commerce.operations import service as operations
from commerce.operations.models import Operation, Part
from commerce.operations.works import Step, Work, register

from . import words
from .edit import Stale
from .judge import languages
from .read import DOCUMENT
from .save import announce
from .turn import take_turn

AT_ONCE = 500  # products in one step
FIRST = UUID(int=0)
SOME = """
SELECT id, listed_in, collections, document::text FROM catalog_product
WHERE id > %s ORDER BY id LIMIT %s
"""
ABOUT = "SELECT greatest(reltuples, 0) FROM pg_class WHERE relname = 'catalog_product'"


def collections() -> tuple[Collection, ...]:
    """Return all collections in the order of their slugs."""
    return tuple(
        Collection(
            slug=row.slug,
            name=row.name,
            rule=msgspec.convert(row.rule, Rule),
            description=row.description,
            version=row.version,
        )
        for row in models.Collection.objects.order_by("slug")
    )


def set_collection(wanted: Collection, *, seen: int, owner: str) -> UUID | None:
    """Write a collection over the version that was seen, 0 if there was none.

    Returns the operation that looks at the products that stand, where the rule is another.
    """
    where = f"The collection {wanted.slug!r}"
    if problems := tuple(word_gaps(where, wanted.name, languages())):
        raise BadWords(problems=problems)
    rule = msgspec.to_builtins(wanted.rule)
    with transaction.atomic():
        take_turn()
        row = models.Collection.objects.filter(slug=wanted.slug).first()
        if (row.version if row else 0) != seen:
            raise Stale
        same = row is not None and msgspec.convert(row.rule, Rule) == wanted.rule
        models.Collection.objects.update_or_create(
            slug=wanted.slug,
            defaults={
                "name": wanted.name,
                "description": cleaned(wanted.description),
                "rule": rule,
                "version": seen + 1,
            },
        )
        return None if same else begin(wanted.slug, owner)


def begin(slug: str, owner: str) -> UUID:
    """Have workers look at all products, some at a time."""
    with connection.cursor() as cursor:
        cursor.execute(ABOUT)
        about = int(cursor.fetchone()[0])
    made = operations.begin(
        GATHERING.name,
        name=slug,
        owner=owner,
        options={"after": str(FIRST)},
        steps=1 + about // AT_ONCE,
        id=ids.new(),
    )
    return made.pk


def step(mine: Operation, part: Part | None) -> Step:
    """Look at some products; each has the collections of the rules as they are at this moment."""
    take_turn()
    with connection.cursor() as cursor:
        cursor.execute(SOME, [mine.options["after"], AT_ONCE])
        rows = cursor.fetchall()
    rules = words.rules()
    changed = []
    for id, listed_in, before, document in rows:
        now = gathered(DOCUMENT.decode(document), listed_in, rules)
        if now != before:
            models.Product.objects.filter(id=id).update(collections=now)
            changed.append(id)
    if changed:
        announce(changed, ())
    more = len(rows) == AT_ONCE
    if more:
        mine.options = {"after": str(rows[-1][0])}
    mine.steps = max(mine.steps, mine.at + 2) if more else mine.at + 1
    return Step(figures={"looked at": len(rows), "changed": len(changed)})


GATHERING = Work(
    name="catalog.collection",
    label=_("Gathering a collection"),
    permission="catalog.change_collection",
    do=step,
    figures={"looked at": _("products looked at"), "changed": _("products changed")},
)
register(GATHERING)
