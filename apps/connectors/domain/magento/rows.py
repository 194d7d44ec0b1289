"""What a single row can be blamed for, whatever the other rows say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.connectors.domain.findings import Finding
from apps.connectors.domain.table import Row

from . import cells, composed
from .cells import BadCell

LONGEST_SKU = 64
READERS: dict[str, Callable[[str], Any]] = {
    "product_type": cells.kind,
    "product_online": cells.switch,
    "visibility": cells.visibility,
    "weight": cells.weight,
    "price": cells.number,
    "special_price": cells.number,
    "special_price_from_date": cells.moment,
    "special_price_to_date": cells.moment,
    "qty": cells.quantity,
}
LIST_READERS: dict[str, Callable[[str, str], Any]] = {
    "categories": cells.paths,
    "additional_attributes": cells.attributes,
    "configurable_variations": composed.variations,
    "configurable_variation_labels": cells.pairs,
    "associated_skus": composed.associated,
    "bundle_values": composed.bundle,
}
TEXTS = {
    *("sku", "store_view_code", "attribute_set_code", "tax_class_name", "url_key", "name"),
    *("description", "short_description", "base_image", "base_image_label", "additional_images"),
    *("additional_image_labels", "related_skus", "upsell_skus"),
    *("is_in_stock", "manage_stock", "use_config_manage_stock"),
}
TECHNICAL = {  # of no meaning outside Magento, or its defaults
    *("website_id", "product_websites", "created_at", "updated_at", "small_image", "swatch_image"),
    *("thumbnail_image", "display_product_options_in", "is_qty_decimal", "is_decimal_divided"),
    *("out_of_stock_qty", "min_cart_qty", "max_cart_qty", "notify_on_stock_below", "has_options"),
    *("allow_backorders", "qty_increments", "enable_qty_increments", "use_config_min_qty"),
    *("use_config_backorders", "use_config_min_sale_qty", "use_config_max_sale_qty"),
    *("use_config_notify_stock_qty", "use_config_qty_increments", "use_config_enable_qty_inc"),
}
USED = {*READERS, *LIST_READERS, *TEXTS}


@dataclass(frozen=True)
class Terms:
    """What the merchant said about the file, and what the shop is like."""

    currency: str
    values_separator: str
    languages: tuple[str, ...]  # the default one first
    now: datetime
    with_pictures: bool

    def locale(self, store: str) -> str | None:
        """Return the language of a store view by its code: "fr", "fr_fr", "shop_fr"."""
        parts = store.lower().replace("-", "_").split("_")
        return next((part for part in parts if part in self.languages), None)


def faults(row: Row, terms: Terms) -> Iterator[Finding]:
    """Return every reason why a row cannot be used."""
    sku = row.cells.get("sku", "")
    if not sku:
        yield Finding(row.line, "", "sku: the cell is empty.")
    elif len(sku) > LONGEST_SKU or not sku.isprintable():
        yield Finding(
            row.line, sku[:LONGEST_SKU], "sku: longer than 64 characters, or unprintable."
        )
    for column, text in row.cells.items():
        try:
            read(column, text, terms)
        except BadCell as reason:
            yield Finding(row.line, sku[:LONGEST_SKU], f"{column}: {reason}")


def read(column: str, text: str, terms: Terms) -> Any:
    """Read a cell as what its column holds; raises BadCell."""
    if column in READERS:
        return READERS[column](text)
    if column in LIST_READERS:
        return LIST_READERS[column](text, terms.values_separator)
    return text
