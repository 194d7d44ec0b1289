"""What rows say about prices and quantities."""

from apps.catalog.interface import Kind
from apps.pricing.interface import Price
from commerce.money import Money

from .group import Sheet

SHIPPED = (Kind.SIMPLE, Kind.CONFIGURABLE)


def prices(offers: dict[str, Sheet], main: Sheet) -> tuple[Price, ...]:
    """Return a price for each SKU whose row, or whose product's row, names one."""
    priced = {sku: own if "price" in own else main for sku, own in offers.items()}
    return tuple(price(sku, sheet) for sku, sheet in priced.items() if "price" in sheet)


def price(sku: str, sheet: Sheet) -> Price:
    """Return what a SKU costs today, with the usual price beside a special one."""
    usual = Money.of(sheet["price"], sheet.terms.currency)
    if "special_price" not in sheet or not special_now(sheet):
        return Price(sku, usual)
    return Price(sku, Money.of(sheet["special_price"], sheet.terms.currency), before=usual)


def special_now(sheet: Sheet) -> bool:
    """Whether the special price holds at this moment."""
    now = sheet.terms.now
    begins = sheet.get("special_price_from_date", now)
    ends = sheet.get("special_price_to_date", now)
    return bool(begins <= now <= ends)


def counts(offers: dict[str, Sheet], kind: Kind) -> dict[str, int | None]:
    """Return how many units of each SKU there are; None where nobody counts."""
    if kind is Kind.BUNDLE:
        return {}
    asked = {sku: sheet for sku, sheet in offers.items() if "qty" in sheet or uncounted(sheet)}
    found: dict[str, int | None] = {} if kind in SHIPPED else dict.fromkeys(offers)
    return found | {sku: count(sheet) for sku, sheet in asked.items()}


def count(sheet: Sheet) -> int | None:
    """Read the quantity; what Magento calls out of stock has none."""
    if uncounted(sheet):
        return None
    return 0 if sheet.text("is_in_stock") == "0" else int(sheet["qty"])


def uncounted(sheet: Sheet) -> bool:
    """Whether the merchant manages no stock of it, by its own setting and not the shop's."""
    return sheet.text("manage_stock") == "0" and sheet.text("use_config_manage_stock") == "0"
