"""Reads the cells by which one product is made of others."""

from apps.catalog.interface import Component

from .cells import BadCell, pairs, quantity, values

NOT_OPTIONS = {"sku", "default", "display", "price", "position"}


def variations(text: str, separator: str) -> dict[str, dict[str, str]]:
    """Read the choices of a configurable product by SKU, all by the same options."""
    found: dict[str, dict[str, str]] = {}
    for part in filter(None, text.split("|")):
        said = pairs(part, separator)
        sku = said.get("sku")
        if not sku:
            raise BadCell(f"{part[:40]!r} names no SKU.")
        if sku in found:
            raise BadCell(f"{sku} stands twice.")
        found[sku] = {code: value for code, value in said.items() if code not in NOT_OPTIONS}
    if len({tuple(sorted(options)) for options in found.values()}) > 1:
        raise BadCell("the variations do not all have the same options.")
    return found


def associated(text: str, separator: str) -> tuple[Component, ...]:
    """Read what a grouped product shows: `sku=quantity,sku=quantity`."""
    found = []
    for part in values(text, separator):
        sku, _, units = part.partition("=")
        found.append(Component(sku.strip(), max(1, quantity(units.strip() or "1"))))
    return tuple(found)


def bundle(text: str, separator: str) -> tuple[Component, ...]:
    """Read what is in a bundle if nothing is changed: of each option the default choice."""
    chosen: dict[str, dict[str, str]] = {}
    for part in filter(None, text.split("|")):
        choice = pairs(part, separator)
        if not choice.get("sku"):
            raise BadCell(f"{part[:40]!r} names no SKU.")
        before = chosen.setdefault(choice.get("name", ""), choice)
        if choice.get("default") == "1" and before.get("default") != "1":
            chosen[choice.get("name", "")] = choice
    units: dict[str, int] = {}
    for choice in chosen.values():
        sku, number = choice["sku"], quantity(choice.get("default_qty") or "1")
        units[sku] = units.get(sku, 0) + max(1, number)
    return tuple(Component(sku, number) for sku, number in units.items())
