"""Takes items as they come and hands them on in batches."""

from collections.abc import Iterator

from apps.connectors.domain.findings import Entry, Finding, Item, Words, fold
from apps.connectors.store import Notebook

from .desk import Rehearsal

PRODUCTS = 1_000  # in a batch
VARIANTS = 5_000


def load(items: Iterator[Item], desk: Rehearsal, notebook: Notebook) -> None:
    """Hand everything good to the desk, and note what is not."""
    entries: list[Entry] = []
    words: list[Words] = []
    variants = 0
    for item in items:
        match item:
            case Finding():
                notebook.note(item)
            case Words():
                words.append(item)
            case Entry() if unique(item, notebook):
                entries.append(item)
                variants += len(item.draft.variants) if item.draft else 0
        if max(len(entries), len(words)) >= PRODUCTS or variants >= VARIANTS:
            desk.take(words, entries)
            entries, words, variants = [], [], 0
    desk.take(words, entries)


def unique(entry: Entry, notebook: Notebook) -> bool:
    """Claim what only one product can have; note what an earlier line has claimed."""
    draft = entry.draft
    if draft is None:
        return True
    names = [("key", fold(draft.key)), ("slug", draft.slug)]
    names += [("SKU", fold(variant.sku)) for variant in draft.variants]
    claims = [(kind, name, notebook.claim(kind, name, entry.line)) for kind, name in names]
    for kind, name, line in claims:
        if line is not None:
            reason = f"The {kind} {name} was already used on line {line}; use another."
            notebook.note(Finding(entry.line, entry.key, reason))
    return all(line is None for *_, line in claims)
