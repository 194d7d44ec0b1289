"""PrestaShop's CSV: products in one file, their combinations in another (docs/import.md)."""
