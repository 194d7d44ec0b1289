"""Tidies up behind carts that nobody came back to. Nothing depends on it."""

from datetime import timedelta

from .statement import rows

SWEEP = "SELECT stock_sweep(%s, %s)"
FORGET = "DELETE FROM stock_lapse WHERE last_at < now() - interval '1 hour' RETURNING 1"
BATCH = 500  # holds in one transaction
GRACE = timedelta(hours=1)  # a cart may still have what lapsed, as long as nobody needs it


def sweep(*, lapsed_for: timedelta = GRACE) -> int:
    """Put back the holds that lapsed so long ago; returns how many units that freed."""
    rows(FORGET)
    freed = 0
    while units := rows(SWEEP, lapsed_for, BATCH)[0][0]:
        freed += units
    return freed
