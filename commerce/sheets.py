"""What spreadsheets take for a formula, and how to keep them from it."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: object) -> str:
    """Write a cell so that no spreadsheet runs it."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
