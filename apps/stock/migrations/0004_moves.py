"""Every way in which goods come, go and change places, in one function; and a ledger to rebuild by."""

from django.db import migrations, models

# Makes moves in their order; each is made wholly or not at all, and one that was made under its
# reference before is not made again. Tells of each what came of it, by how many units the level
# changed, how many are there now, and how many of them are promised; a caller who wants all or
# nothing rolls back. Levels are locked by SKU and location before the first one changes.
MOVE = """
CREATE FUNCTION stock_move(
    _kinds text[], _skus text[], _locations text[], _targets text[], _quantities integer[],
    _references text[], _reasons text[], _actor text
) RETURNS TABLE (outcome text, difference integer, on_hand integer, promised integer)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    line record;
    level stock_level;
    target stock_level;
    change bigint;
    missing bigint;
    lapsed integer;
BEGIN
    INSERT INTO stock_level (sku, location)
    SELECT DISTINCT place.sku, place.code FROM (
        SELECT sku, CASE kind WHEN 'moved' THEN target ELSE location END AS code
        FROM unnest(_kinds, _skus, _locations, _targets, _quantities)
            AS wish (kind, sku, location, target, quantity)
        WHERE quantity >= 0
    ) AS place JOIN stock_location USING (code) ORDER BY place.sku, place.code
    ON CONFLICT DO NOTHING;
    PERFORM FROM stock_level WHERE (sku, location) IN (
        SELECT wish.sku, wish.location FROM unnest(_skus, _locations) AS wish (sku, location)
        UNION
        SELECT wish.sku, wish.target FROM unnest(_skus, _targets) AS wish (sku, target)
    ) ORDER BY sku, location FOR NO KEY UPDATE;
    FOR line IN
        SELECT * FROM unnest(
            _kinds, _skus, _locations, _targets, _quantities, _references, _reasons
        ) WITH ORDINALITY
            AS wish (kind, sku, location, target, quantity, reference, reason, place)
        ORDER BY place
    LOOP
        SELECT * INTO level FROM stock_level
        WHERE sku = line.sku AND location = line.location;
        SELECT * INTO target FROM stock_level
        WHERE sku = line.sku AND location = line.target;
        on_hand := coalesce(level.on_hand, 0);
        change := CASE line.kind WHEN 'counted' THEN line.quantity - on_hand
            WHEN 'moved' THEN -line.quantity ELSE line.quantity END;
        lapsed := (
            SELECT coalesce(sum(quantity), 0)::integer FROM stock_hold
            WHERE sku = line.sku AND location = line.location AND expires_at <= now()
        );
        promised := coalesce(level.held + level.allocated, 0) - lapsed;
        missing := promised + lapsed - coalesce(level.backorder, 0) - on_hand - change;
        difference := 0;
        outcome := CASE
            WHEN EXISTS (
                SELECT FROM stock_movement AS done
                WHERE done.reference = line.reference AND done.kind = line.kind
                    AND done.sku = line.sku AND done.location = line.location
            ) THEN 'repeated'
            WHEN NOT EXISTS (SELECT FROM stock_location WHERE code = line.location)
                OR line.kind = 'moved'
                AND NOT EXISTS (SELECT FROM stock_location WHERE code = line.target)
                THEN 'location-unknown'
            WHEN on_hand + change < 0 THEN 'level-below-zero'
            WHEN on_hand + change > 2147483647
                OR line.kind = 'moved' AND target.on_hand - change > 2147483647
                THEN 'level-too-high'
            WHEN change < 0 AND missing > lapsed THEN 'level-below-promised'
            ELSE 'done' END;
        IF outcome = 'done' THEN
            IF change < 0 AND missing > 0 THEN
                PERFORM stock_reclaim(
                    line.sku, line.location, now(), missing::integer, NULL
                );
            END IF;
            difference := change;
            on_hand := on_hand + change;
            PERFORM stock_put(line.sku, line.location, line.kind, difference,
                line.reference, line.reason, _actor);
            IF line.kind = 'moved' THEN
                PERFORM stock_put(line.sku, line.target, line.kind, -difference,
                    line.reference, line.reason, _actor);
            END IF;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
"""

# Changes one level by so many units and writes that into the ledger. The caller has locked it.
PUT = """
CREATE FUNCTION stock_put(
    _sku text, _location text, _kind text, _difference integer,
    _reference text, _reason text, _actor text
) RETURNS void LANGUAGE sql AS $$
    UPDATE stock_level SET on_hand = on_hand + _difference
    WHERE sku = _sku AND location = _location;
    INSERT INTO stock_movement
        (sku, location, kind, on_hand, allocated, reference, reason, actor)
    VALUES (_sku, _location, _kind, _difference, 0, _reference, _reason, _actor);
$$;
"""

# What every level must be by the ledger, the holds and the allocations, whatever it says itself.
REBUILT = """
CREATE VIEW stock_rebuilt AS
SELECT sku, location,
    coalesce(sum(on_hand), 0)::integer AS on_hand,
    coalesce(sum(held), 0)::integer AS held,
    coalesce(sum(allocated), 0)::integer AS allocated
FROM (
    SELECT sku, location, on_hand, 0 AS held, allocated FROM stock_movement
    UNION ALL
    SELECT sku, location, 0, quantity, 0 FROM stock_hold
) AS told GROUP BY sku, location;
"""
KINDS = {
    "received": "received",
    "counted": "counted",
    "corrected": "corrected",
    "returned": "returned",
    "moved": "moved",
    "sold": "sold",
    "cancelled": "cancelled",
    "shipped": "shipped",
}


class Migration(migrations.Migration):
    dependencies = [("stock", "0003_locations")]

    operations = [
        migrations.AlterField(
            "movement",
            "kind",
            models.CharField(choices=list(KINDS.items()), max_length=16, verbose_name="kind"),
        ),
        *[
            migrations.RunSQL(sql, reverse_sql)
            for sql, reverse_sql in [
                (PUT, "DROP FUNCTION stock_put"),
                (MOVE, "DROP FUNCTION stock_move"),
                ("DROP FUNCTION stock_adjust", migrations.RunSQL.noop),
                (REBUILT, "DROP VIEW stock_rebuilt"),
            ]
        ],
    ]
