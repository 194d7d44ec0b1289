"""Sessions as rows, for code that shares its thread and so does without the ORM."""

from apps.payments.models import Session
from commerce.postgres import Row

FIELDS = (
    *("id", "cart", "method", "minor", "currency", "attempt", "status", "reason", "action_url"),
    *("return_url", "reference", "locale", "order", "captured_minor", "refunded_minor"),
)
COLUMNS = ", ".join(f'"{field}"' for field in FIELDS)
READ = f"SELECT {COLUMNS} FROM payments_session WHERE id = %s"
OF_ORDER = f'SELECT {COLUMNS} FROM payments_session WHERE "order" = %s'


def of_row(row: Row) -> Session:
    """Read a session."""
    return Session(**dict(zip(FIELDS, row, strict=True)))


def renew(session: Session, row: Row) -> None:
    """Bring a session up to what is kept of it."""
    for field, value in zip(FIELDS, row, strict=True):
        setattr(session, field, value)
