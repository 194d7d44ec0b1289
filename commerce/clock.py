"""The application's idea of now; promises about stock and orders use the database's instead."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return this moment, aware and in UTC."""
    return datetime.now(UTC)
