"""Counts of very many SKUs at once, each of the moment at which the counting began."""

from django.db import migrations, models

# Puts SKUs on a shelf that they have never been on, and tells which other ones have to be changed
# to which figure. What was counted at a moment plus what has moved since is what must be there
# now, so that a counting may be done again, wholly or from its middle, after goods were sold.
COUNT = """
CREATE FUNCTION stock_count(
    _location text, _skus text[], _units integer[], _reference text, _reason text, _actor text
) RETURNS TABLE (sku text, units integer, made boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    _since bigint;
BEGIN
    INSERT INTO stock_counting (reference, since)
    VALUES (_reference, (SELECT coalesce(max(id), 0) FROM stock_movement))
    ON CONFLICT (reference) DO NOTHING;
    SELECT since INTO _since FROM stock_counting WHERE reference = _reference;
    RETURN QUERY
    WITH wish AS MATERIALIZED (
        SELECT wish.sku, wish.units, (
            SELECT level.on_hand FROM stock_level AS level
            WHERE level.sku = wish.sku AND level.location = _location
        ) AS on_hand
        FROM unnest(_skus, _units) AS wish (sku, units)
    ), fresh AS (
        INSERT INTO stock_level (sku, location, on_hand)
        SELECT wish.sku, _location, wish.units FROM wish
        WHERE wish.on_hand IS NULL AND EXISTS (SELECT FROM stock_location WHERE code = _location)
        ORDER BY wish.sku
        ON CONFLICT (sku, location) DO NOTHING
        RETURNING sku, on_hand
    ), told AS (
        INSERT INTO stock_movement
            (sku, location, kind, on_hand, allocated, reference, reason, actor)
        SELECT fresh.sku, _location, 'counted', fresh.on_hand, 0, _reference, _reason, _actor
        FROM fresh RETURNING sku, on_hand
    ), due AS (
        SELECT wish.sku, wish.on_hand, greatest(0, wish.units + (
            SELECT coalesce(sum(moved.on_hand), 0) FROM stock_movement AS moved
            WHERE moved.sku = wish.sku AND moved.location = _location AND moved.id > _since
                AND moved.reference <> _reference
        ))::integer AS units
        FROM wish WHERE wish.on_hand IS NOT NULL OR NOT EXISTS (
            SELECT FROM fresh WHERE fresh.sku = wish.sku
        )
    )
    SELECT told.sku::text, told.on_hand, true FROM told
    UNION ALL
    SELECT due.sku, due.units, false FROM due WHERE due.on_hand IS DISTINCT FROM due.units;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0020_parts")]

    operations = [
        migrations.CreateModel(
            name="Counting",
            fields=[
                ("reference", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("since", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(
            COUNT, "DROP FUNCTION stock_count(text, text[], integer[], text, text, text)"
        ),
    ]
