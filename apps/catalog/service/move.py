"""Moving a category with all below it; the old paths lead on, and workers rewrite its products."""

from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.interface import BadWords
from apps.catalog.models import Category, FormerPath
from commerce.operations import service as operations
from commerce.operations.models import Operation, Part
from commerce.operations.works import Step, Work, register

from .judge import Claims, judge
from .read import DOCUMENT
from .save import write
from .turn import take_turn

AT_ONCE = 500  # products in one step
FIRST = UUID(int=0)
RENAME = """
UPDATE catalog_category SET slugs = %(to)s || substr(slugs, length(%(path)s) + 1),
    version = version + 1
WHERE slugs = %(path)s OR starts_with(slugs, %(path)s || '/')
RETURNING id, slugs
"""
LISTED = """
SELECT id, document::text FROM catalog_product WHERE id > %s AND listed_in && %s
ORDER BY id LIMIT %s
"""


@transaction.atomic
def move(path: str, *, to: str, owner: str) -> None:
    """Give a category another path, wherever in the tree that is."""
    take_turn()
    node = Category.objects.filter(slugs=path).first()
    above = to.rpartition("/")[0]
    parent = Category.objects.filter(slugs=above).first()
    if problem := obstacle(path, to, found=node is not None, room=parent is not None or not above):
        raise BadWords(problems=(problem,))
    place(node, parent)
    with connection.cursor() as cursor:
        cursor.execute(RENAME, {"path": path, "to": to})
        rows = cursor.fetchall()
    former = [(path + slugs[len(to) :], id) for id, slugs in rows]
    FormerPath.objects.filter(path__in=[slugs for _, slugs in rows]).delete()
    FormerPath.objects.bulk_create(
        [FormerPath(path=old, category_id=id) for old, id in former],
        update_conflicts=True,
        unique_fields=["path"],
        update_fields=["category"],
    )
    options = {"after": str(FIRST), "paths": [old for old, _ in former]}
    operations.begin(MOVING.name, name=f"{path} > {to}", owner=owner, options=options, steps=1)


def obstacle(path: str, to: str, *, found: bool, room: bool) -> str | None:
    """Say why a category cannot have a path."""
    if not found:
        return f"There is no category {path}."
    if to == path or to.startswith(f"{path}/"):
        return f"The category {path} cannot stand below itself."
    if Category.objects.filter(slugs=to).exists():
        return f"There is a category {to} already."
    return None if room else f"There is no category above {to}."


def place(node: Category, parent: Category | None) -> None:
    """Hang a node and all below it in its new place, as the last there."""
    if parent:
        node.move(parent, pos="last-child")
    else:
        node.move(Category.get_last_root_node(), pos="last-sibling")


def step(mine: Operation, part: Part | None) -> Step:
    """Write some of the products that were listed under the old paths."""
    take_turn()
    with connection.cursor() as cursor:
        cursor.execute(LISTED, [mine.options["after"], mine.options["paths"], AT_ONCE])
        rows = cursor.fetchall()
    write(judge([DOCUMENT.decode(document) for _, document in rows], Claims()))
    more = len(rows) == AT_ONCE
    if more:
        mine.options = mine.options | {"after": str(rows[-1][0])}
    mine.steps = mine.at + (2 if more else 1)
    return Step(figures={"changed": len(rows)})


MOVING = Work(
    name="catalog.move",
    label=_("Moving a category"),
    permission="catalog.change_category",
    do=step,
    figures={"changed": _("products changed")},
)
register(MOVING)
