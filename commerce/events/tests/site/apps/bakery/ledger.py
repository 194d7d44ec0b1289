"""What the handlers did, in a table of their own."""

from django.db import connection

from commerce.telemetry import request_id

TABLE = """
CREATE TABLE IF NOT EXISTS bakery_ledger (
    id bigserial, who text, what int, request text
)
"""


def build() -> None:
    with connection.cursor() as cursor:
        cursor.execute(TABLE)


def write(who: str, what: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bakery_ledger (who, what, request) VALUES (%s, %s, %s)",
            [who, what, request_id()],
        )


def entries() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT who, what FROM bakery_ledger ORDER BY id")
        return cursor.fetchall()
