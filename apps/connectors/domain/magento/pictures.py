"""Which pictures belong to a product, and which choice each of them shows."""

from apps.catalog.interface import ProductDraft
from apps.connectors.domain.findings import PictureFile, fold

from .cells import values
from .group import Group, Sheet


def pictures(draft: ProductDraft, group: Group) -> tuple[PictureFile, ...]:
    """List the product's own pictures, then those of its variants, each once."""
    shown: dict[str, list[dict[str, str]]] = {}
    for variant in draft.variants:
        sheet = group.children.get(fold(variant.sku))
        for file in files(sheet) if sheet else ():
            shown.setdefault(file, []).append(variant.options)
    labels = alts(group.main)
    every = dict.fromkeys((*files(group.main), *shown))
    return tuple(PictureFile(f, labels.get(f, {}), common(shown.get(f, []))) for f in every)


def files(sheet: Sheet) -> tuple[str, ...]:
    """List the pictures that the rows of a SKU name, the main one first."""
    more = values(sheet.text("additional_images"), sheet.terms.values_separator)
    return tuple(dict.fromkeys(filter(None, (sheet.text("base_image"), *more))))


def common(choices: list[dict[str, str]]) -> dict[str, str]:
    """Keep what all choices have in common: the blue picture shows blue in every size."""
    if not choices:
        return {}
    first, *others = choices
    return {code: v for code, v in first.items() if all(o.get(code) == v for o in others)}


def alts(main: Sheet) -> dict[str, dict[str, str]]:
    """Return the labels of the pictures by language."""
    found: dict[str, dict[str, str]] = {}
    separator = main.terms.values_separator
    for locale, cells in main.texts.items():
        images = values(main.text("additional_images"), separator)
        labels = values(cells.get("additional_image_labels", ""), separator)
        pairs = [(main.text("base_image"), cells.get("base_image_label", ""))]
        for file, label in (*zip(images, labels, strict=False), *pairs):
            if file and label:
                found.setdefault(file, {})[locale] = label
    return found
