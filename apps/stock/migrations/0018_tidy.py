"""Levels and holds are tidied after thousands of changes, however many SKUs there are.

A sale changes one level thousands of times a minute. Most of what that leaves is reused at once,
but not while other connections wait for the same row; the usual share of the whole table would let
it grow until a fifth of two million levels are dead. Statistics follow as soon, for the plans.
"""

from django.db import migrations

OPTIONS = {
    "autovacuum_vacuum_scale_factor": "0",
    "autovacuum_vacuum_threshold": "2000",
    "autovacuum_vacuum_cost_delay": "0",
    "autovacuum_analyze_scale_factor": "0.05",
}
SET = ", ".join(f"{name} = {value}" for name, value in OPTIONS.items())


class Migration(migrations.Migration):
    dependencies = [("stock", "0017_one_line")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} SET ({SET})", f"ALTER TABLE {table} RESET ({', '.join(OPTIONS)})"
        )
        for table in ("stock_level", "stock_hold")
    ]
