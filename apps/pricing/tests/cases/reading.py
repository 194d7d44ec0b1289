"""Reads cases; a word that nobody knows is never passed over."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from babel import Locale

FOLDER = Path(__file__).resolve().parents[5] / "shared/data/pricing"
TODAY = datetime(2025, 6, 1, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
COUNTRIES = {name: code for code, name in Locale("en").territories.items() if len(code) == 2}
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unknown(KeyError):
    """A case says something that the adapter cannot tell the engine."""


def cases(*policies: str) -> list[dict[str, Any]]:
    """Return every case that was observed under these policies."""
    files = sorted(FOLDER.glob("*.yaml")) if FOLDER.exists() else []
    return [case for file in files for case in read(file) if case["policy"] in policies]


def read(file: Path) -> list[dict[str, Any]]:
    """Return the cases in a file."""
    return list(yaml.load(file.read_text(), LOADER)["cases"])


def known(told: Mapping[str, Any], *words: str) -> Mapping[str, Any]:
    """Refuse what holds other words than these."""
    if strange := told.keys() - set(words):
        raise Unknown(", ".join(sorted(strange)))
    return told


def names(told: Any) -> frozenset[str]:
    """Read one name or several."""
    if told is None:
        return frozenset()
    return frozenset([str(told)] if not isinstance(told, list) else map(str, told))


def number(told: Any) -> Decimal:
    return Decimal(str(told))


def moment(told: Any, *, ends: bool = False) -> datetime | None:
    """Read a day, of which the last second still counts, or a word for long ago or far ahead."""
    if told is None:
        return None
    if told in ("in the past", "in the future"):
        return TODAY - YEAR if told == "in the past" else TODAY + YEAR
    if isinstance(told, str):
        told = (
            datetime.fromisoformat(told) if "T" in told or " " in told else date.fromisoformat(told)
        )
    if isinstance(told, datetime):
        return told if told.tzinfo else told.replace(tzinfo=UTC)
    return datetime.combine(told + timedelta(days=1) if ends else told, time(), UTC)


def country(told: str) -> str:
    """Read a country by its English name, or as it is."""
    return COUNTRIES.get(told, told)


def sold(given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what can be bought: variants know their product's words, products are their own."""
    for product in given.get("products", []):
        common = {word: told for word, told in product.items() if word not in ("key", "variants")}
        for variant in product.get("variants", [{"key": product["key"]}]):
            yield common | variant | {"product": product["key"]}
