"""One writer of the catalogue at a time.

Writers that took turns cannot block one another in a circle, cannot take the same slug at once,
and commit in the order of `updated_at`, so that whoever follows changes by time misses none.
"""

from django.db import connection

TAKE = """
SET LOCAL lock_timeout = '20s';
SET LOCAL statement_timeout = '30s';
SELECT pg_advisory_xact_lock(hashtext('catalog'))
"""


def take_turn() -> None:
    """Wait for the other writers; the turn ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE)
