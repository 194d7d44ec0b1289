"""Goods of an order that leave the house, or go back on the shelf, one part after the other."""

from django.db import migrations

# Ends some of an order's allocations, once for each reference: that many units of each SKU leave
# the house ('shipped') or go back on the shelf ('cancelled'). SKUs that nobody counts were never
# allocated and are passed over. False, and nothing changed, if goods that shall leave are not here
# yet. The locks come in the order of all others: the order's commitment, then levels.
SETTLE_PART = """
CREATE FUNCTION stock_settle_part(
    _order uuid, _reference text, _kind text, _skus text[], _quantities integer[]
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    share record;
    shares stock_allocation[];
BEGIN
    PERFORM FROM stock_commitment WHERE "order" = _order AND state = 'committed' FOR UPDATE;
    IF NOT FOUND OR EXISTS (
        SELECT FROM stock_movement WHERE reference = _reference AND kind = _kind
    ) THEN
        RETURN true;
    END IF;
    PERFORM FROM stock_level
    WHERE (sku, location) IN (
        SELECT sku, location FROM stock_allocation WHERE "order" = _order AND sku = ANY(_skus)
    ) ORDER BY sku, location FOR NO KEY UPDATE;
    shares := ARRAY(
        SELECT ROW(_order, sku, location, least(quantity, wanted - before))::stock_allocation
        FROM (
            SELECT kept.sku, kept.location, kept.quantity, wish.quantity AS wanted,
                sum(kept.quantity) OVER (PARTITION BY kept.sku ORDER BY kept.location)
                    - kept.quantity AS before
            FROM unnest(_skus, _quantities) AS wish (sku, quantity)
            JOIN stock_allocation AS kept ON kept."order" = _order AND kept.sku = wish.sku
        ) AS part WHERE before < wanted ORDER BY sku, location
    );
    PERFORM FROM unnest(shares) AS due JOIN stock_level AS level USING (sku, location)
    WHERE _kind = 'shipped' AND due.quantity > level.on_hand;
    IF FOUND THEN
        RETURN false;
    END IF;
    FOR share IN SELECT * FROM unnest(shares) LOOP
        DELETE FROM stock_allocation WHERE "order" = _order AND sku = share.sku
            AND location = share.location AND quantity = share.quantity;
        UPDATE stock_allocation SET quantity = quantity - share.quantity
        WHERE "order" = _order AND sku = share.sku AND location = share.location
            AND quantity > share.quantity;
        UPDATE stock_level SET allocated = allocated - share.quantity,
            on_hand = on_hand - CASE _kind WHEN 'shipped' THEN share.quantity ELSE 0 END
        WHERE sku = share.sku AND location = share.location;
        INSERT INTO stock_movement (sku, location, kind, on_hand, allocated, reference)
        VALUES (share.sku, share.location, _kind,
            CASE _kind WHEN 'shipped' THEN -share.quantity ELSE 0 END, -share.quantity,
            _reference);
    END LOOP;
    UPDATE stock_commitment SET state = 'shipped', changed_at = now()
    WHERE "order" = _order AND _kind = 'shipped'
        AND NOT EXISTS (SELECT FROM stock_allocation WHERE "order" = _order);
    RETURN true;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0019_crowds_everywhere")]

    operations = [
        migrations.RunSQL(SETTLE_PART, "DROP FUNCTION stock_settle_part"),
        migrations.RunSQL(
            "ALTER FUNCTION stock_settle_part SET enable_seqscan = off", migrations.RunSQL.noop
        ),
    ]
