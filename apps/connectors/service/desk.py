"""Asks the other contexts, a batch at a time, outside any transaction.

What a product needs comes first and the product last, so that whenever the import is stopped, a
product that can be seen is whole.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from apps.catalog.interface import BadWords, Change, Outcome, ProductClass, ProductDraft, catalog
from apps.connectors.domain.findings import Entry, Finding, Words
from apps.connectors.store import Notebook
from apps.pricing.interface import pricing
from apps.stock.interface import CountTooLow, Line, Policy, stock

from .pictures import PictureShelf
from .tally import Tally


class Rehearsal:
    """Says what saving would do, and changes nothing."""

    def __init__(
        self, notebook: Notebook, tally: Tally, *, folder: Path | None, reference: str
    ) -> None:
        self.notebook = notebook
        self.tally = tally
        self.reference = reference
        self.shelf = PictureShelf(folder, notebook)
        self.classes: dict[str, ProductClass] = {}  # that this file has described so far

    def words(self) -> tuple[Any, ...]:
        """Return the words of the catalogue as they are now."""
        return catalog.categories(), catalog.attributes()

    def take(self, words: list[Words], entries: list[Entry]) -> None:
        """Judge a batch, and keep what is good."""
        self.classes |= {w.product_class.code: w.product_class for w in words if w.product_class}
        self.describe(words)
        drafted = self.pictured([entry for entry in entries if entry.draft])
        changes = self.judge(drafted)
        good = [entry for entry in drafted if entry.line in changes]
        good = self.stocked(good + [entry for entry in entries if not entry.draft])
        self.priced(good)
        self.save([e.draft for e in good if e.draft and changes[e.line] is not Change.SAME])
        for entry in good:
            if entry.draft:
                self.tally.add(changes[entry.line])
                self.tally.variants += len(entry.draft.variants)

    def judge(self, entries: list[Entry]) -> dict[int, Change]:
        """Return by line what saving does, without what the catalogue refuses."""
        drafts = tuple(entry.draft for entry in entries if entry.draft)
        outcomes = (
            catalog.check(drafts=drafts, classes=tuple(self.classes.values())) if drafts else ()
        )
        for entry, outcome in zip(entries, outcomes, strict=True):
            self.refuse(entry, outcome)
        pairs = zip(entries, outcomes, strict=True)
        return {e.line: o.change for e, o in pairs if o.change is not Change.REFUSED}

    def refuse(self, entry: Entry, outcome: Outcome) -> None:
        """Note why the catalogue does not take a product."""
        for problem in outcome.problems:
            self.notebook.note(Finding(entry.line, entry.key, problem))

    def describe(self, words: list[Words]) -> None:
        """Leave the words as they are."""

    def pictured(self, entries: list[Entry]) -> list[Entry]:
        """Leave the pictures as they are, and note which files are missing."""
        for entry in entries:
            self.shelf.look(entry)
        asked = tuple(entry.key for entry in entries if entry.pictures)
        found = catalog.find(codes=asked) if asked else ()
        now = {product.draft.key: product.draft.pictures for product in found}
        return [with_pictures(e, now.get(e.key, ())) if e.pictures else e for e in entries]

    def stocked(self, entries: list[Entry]) -> list[Entry]:
        """Leave the counts as they are."""
        return entries

    def priced(self, entries: list[Entry]) -> None:
        """Leave the prices as they are."""

    def save(self, drafts: list[ProductDraft]) -> None:
        """Leave the products as they are."""


class Saving(Rehearsal):
    """Keeps what is good."""

    def describe(self, words: list[Words]) -> None:
        """Set words together, or one by one to find out which of them are bad."""
        try:
            describe(words)
        except BadWords:
            for each in words:
                self.describe_one(each)

    def describe_one(self, words: Words) -> None:
        """Set the words of one line."""
        try:
            describe([words])
        except BadWords as refusal:
            for problem in refusal.problems:
                self.notebook.note(Finding(words.line, "", problem))

    def pictured(self, entries: list[Entry]) -> list[Entry]:
        """Store the picture files and put what came of them into the drafts."""
        return [self.shelf.fill(entry) if entry.pictures else entry for entry in entries]

    def stocked(self, entries: list[Entry]) -> list[Entry]:
        """Set counts; a product whose count is impossible is left out altogether."""
        counted = {sku: n for entry in entries for sku, n in entry.counts.items()}
        while counted:
            try:
                self.tally.counts += count(counted, self.reference)
                break
            except CountTooLow as refusal:
                entries = self.without(entries, refusal)
                counted = {sku: n for entry in entries for sku, n in entry.counts.items()}
        return entries

    def without(self, entries: list[Entry], refusal: CountTooLow) -> list[Entry]:
        """Note that a count is too low, and return the other products."""
        for entry in entries:
            if refusal.sku in entry.counts:
                reason = (
                    f"{refusal.sku} cannot be counted as {refusal.counted}:"
                    f" {refusal.promised} are promised to carts and orders."
                )
                self.notebook.note(Finding(entry.line, entry.key, reason))
        return [entry for entry in entries if refusal.sku not in entry.counts]

    def priced(self, entries: list[Entry]) -> None:
        """Set prices."""
        prices = tuple(price for entry in entries for price in entry.prices)
        self.tally.prices += pricing.set_prices(prices=prices) if prices else 0

    def save(self, drafts: list[ProductDraft]) -> None:
        """Save what differs from the catalogue."""
        if drafts:
            catalog.save(drafts=tuple(drafts))


def describe(words: Iterable[Words]) -> None:
    """Set the words of some lines, all or none; of a thing described twice the last ones."""
    categories = {w.category.path: w.category for w in words if w.category}
    attributes = {w.attribute.code: w.attribute for w in words if w.attribute}
    classes = {w.product_class.code: w.product_class for w in words if w.product_class}
    if categories or attributes or classes:
        catalog.describe(
            categories=tuple(categories.values()),
            attributes=tuple(attributes.values()),
            classes=tuple(classes.values()),
        )


def count(counted: dict[str, int | None], reference: str) -> int:
    """Set how many there are, and of what nobody counts them; returns how many SKUs changed."""
    lines = tuple(Line(sku, number) for sku, number in counted.items() if number is not None)
    free = tuple(sku for sku, number in counted.items() if number is None)
    changed = stock.count(lines=lines, reference=reference) if lines else 0
    skus = tuple(line.sku for line in lines)
    changed += stock.set_policy(skus=skus, policy=Policy.TRACKED) if skus else 0
    return changed + (stock.set_policy(skus=free, policy=Policy.UNTRACKED) if free else 0)


def with_pictures(entry: Entry, pictures: tuple[Any, ...]) -> Entry:
    """Return the entry with these pictures in its draft."""
    return replace(entry, draft=entry.draft and replace(entry.draft, pictures=pictures))
