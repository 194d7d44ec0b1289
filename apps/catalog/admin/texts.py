"""How parts of a product are typed into a form, and read back from it."""

import re
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.exceptions import ValidationError

from apps.catalog.interface import Component

LANGUAGES = tuple(dict.fromkeys([settings.LANGUAGE_CODE, *dict(settings.LANGUAGES)]))
COMPONENT = re.compile(r"(\d{1,7})\s*[x×]?\s+(\S.*)")


def lines(text: str) -> tuple[str, ...]:
    """Read one thing a line."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def in_languages(prefix: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Spread a text over the fields of its languages."""
    return {f"{prefix}_{locale}": texts.get(locale, "") for locale in LANGUAGES}


def by_language(prefix: str, fields: Mapping[str, object]) -> dict[str, str]:
    """Gather a text from the fields of its languages."""
    said = {locale: str(fields.get(f"{prefix}_{locale}") or "") for locale in LANGUAGES}
    return {locale: text for locale, text in said.items() if text.strip()}


def choice(options: Mapping[str, str]) -> str:
    """Write a choice: color=Blue, size=M."""
    return ", ".join(f"{code}={value}" for code, value in options.items())


def read_choice(text: str) -> dict[str, str]:
    """Read a choice."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if not all(equals for _, equals, _ in pairs):
        raise ValidationError(f"{text!r} is no choice such as color=Blue, size=M.")
    return {code.strip(): value.strip() for code, _, value in pairs}


def read_attributes(text: str) -> dict[str, tuple[str, ...]]:
    """Read attributes."""
    found: dict[str, tuple[str, ...]] = {}
    for line in lines(text):
        code, colon, values = line.partition(":")
        if not colon:
            raise ValidationError(f"{line!r} is no attribute such as material: Wool | Cotton.")
        found[code.strip()] = tuple(v.strip() for v in values.split("|") if v.strip())
    return found


def components(parts: Iterable[Component]) -> str:
    """Write components one a line: 2 x POT."""
    return "\n".join(f"{part.quantity} x {part.sku}" for part in parts)


def read_components(text: str) -> tuple[Component, ...]:
    """Read components."""
    found = []
    for line in lines(text):
        if not (read := COMPONENT.fullmatch(line)):
            raise ValidationError(f"{line!r} is no component such as 2 x POT.")
        found.append(Component(read[2].strip(), int(read[1])))
    return tuple(found)
