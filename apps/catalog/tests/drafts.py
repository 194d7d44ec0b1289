"""Products that the tests of the catalogue speak of."""

from dataclasses import replace

from apps.catalog.interface import (
    Component,
    Kind,
    Picture,
    ProductDraft,
    Variant,
)

MUG = ProductDraft(
    key="MUG",
    kind=Kind.CONFIGURABLE,
    name={"en": "Stoneware mug", "fr": "Tasse en grès"},
    slug="stoneware-mug",
    description={"en": "<p>Thrown by hand.</p>"},
    categories=("Kitchen/Mugs & Cups",),
    attributes={"material": ("Stoneware",)},
    options=("color",),
    variants=(
        Variant("MUG-BLUE", {"color": "Blue"}, weight=320, external_id="ean-1"),
        Variant("MUG-SAND", {"color": "Sand"}, weight=330),
    ),
    pictures=(
        Picture("sand", options={"color": "Sand"}),
        Picture("blue", options={"color": "Blue"}),
    ),
)
POT = ProductDraft(key="POT", kind=Kind.SIMPLE, name={"en": "Teapot"}, slug="teapot")
CARD = ProductDraft(key="CARD", kind=Kind.VIRTUAL, name={"en": "Gift card"}, slug="gift-card")
SET = ProductDraft(
    key="SET",
    kind=Kind.BUNDLE,
    name={"en": "Tea set"},
    slug="tea-set",
    components=(Component("POT", 1), Component("MUG-BLUE", 4)),
)
TABLE = ProductDraft(
    key="TABLE",
    kind=Kind.GROUPED,
    name={"en": "For the table"},
    slug="for-the-table",
    components=(Component("POT", 1),),
)


def numbered(count: int) -> tuple[ProductDraft, ...]:
    """Make many teapots."""
    return tuple(replace(POT, key=f"POT-{n}", slug=f"teapot-{n}") for n in range(count))
