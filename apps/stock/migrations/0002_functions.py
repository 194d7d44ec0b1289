"""The functions through which holds, orders and counts change the levels.

One order of locks for everybody: the order's commitment, then levels by SKU. A level row is the
lock for every hold and allocation of its SKU, so those are never locked themselves and nobody
deadlocks. Each statement of a function sees what was committed before it began, so what is read
after a lock is the truth until the end of the transaction.
"""

from django.db import migrations

LINE = """
CREATE TYPE stock_line AS (sku text, wanted integer, had integer, free integer, lapsed integer);
"""

# Puts holds that lapsed before a moment back, but for those of one cart, and returns the units.
# The oldest go first, and at most `_most`: whoever misses n units needs no more than n holds. The
# caller has locked the level.
RECLAIM = """
CREATE FUNCTION stock_reclaim(
    _sku text, _location text, _before timestamptz, _most integer, _cart uuid
) RETURNS integer LANGUAGE sql AS $$
    WITH lapsed AS (
        DELETE FROM stock_hold WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM stock_hold
            WHERE sku = _sku AND location = _location AND expires_at <= _before
                AND cart IS DISTINCT FROM _cart
            ORDER BY expires_at LIMIT _most
        )) RETURNING quantity
    ),
    total AS (SELECT coalesce(sum(quantity), 0)::integer AS units FROM lapsed),
    freed AS (
        UPDATE stock_level SET held = held - units FROM total
        WHERE sku = _sku AND location = _location AND units > 0
    )
    SELECT units FROM total
$$;
"""

# Locks the levels of some lines and tells of each how many units the cart has, how many are free,
# and, where those are too few, how many more others let lapse. SKUs nobody counts are left out;
# those nobody ever counted have none.
WEIGH = """
CREATE FUNCTION stock_weigh(_cart uuid, _skus text[], _quantities integer[], _location text)
RETURNS SETOF stock_line LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM stock_level WHERE sku = ANY(_skus) AND location = _location
    ORDER BY sku FOR NO KEY UPDATE;
    RETURN QUERY
    SELECT wish.sku, wish.quantity, had.units, free.units,
        CASE WHEN wish.quantity - had.units > free.units THEN (
            SELECT coalesce(sum(quantity), 0)::integer FROM stock_hold
            WHERE sku = wish.sku AND location = _location AND expires_at <= now()
                AND cart <> _cart
        ) ELSE 0 END
    FROM unnest(_skus, _quantities) AS wish (sku, quantity)
    LEFT JOIN stock_level AS level ON level.sku = wish.sku AND level.location = _location
    LEFT JOIN stock_hold AS hold
        ON hold.cart = _cart AND hold.sku = wish.sku AND hold.location = _location
    CROSS JOIN LATERAL (SELECT coalesce(hold.quantity, 0)) AS had (units)
    CROSS JOIN LATERAL (
        SELECT coalesce(level.on_hand - level.held - level.allocated, 0)
    ) AS free (units)
    WHERE level.policy IS DISTINCT FROM 'untracked'
    ORDER BY wish.sku;
END $$;
"""

# Sets what a cart holds of some SKUs, all or nothing. Returns the holds, or the lines that are
# short, whose quantity is NULL and `available` what the cart could have.
#
# A cart that adds one SKU takes it in one UPDATE. Whatever is not as simple as that (it holds
# some already, there is not enough, there are several lines) is weighed first.
RESERVE = """
CREATE FUNCTION stock_reserve(
    _cart uuid, _skus text[], _quantities integer[], _location text, _ttl interval
) RETURNS TABLE (sku text, quantity integer, expires_at timestamptz, available integer)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    lines stock_line[];
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    IF cardinality(_skus) = 1 AND _quantities[1] > 0 THEN
        UPDATE stock_level SET held = held + _quantities[1]
        WHERE sku = _skus[1] AND location = _location AND policy = 'tracked'
            AND on_hand - held - allocated >= _quantities[1];
        IF FOUND THEN
            RETURN QUERY
            INSERT INTO stock_hold AS hold (cart, sku, location, quantity, expires_at)
            VALUES (_cart, _skus[1], _location, _quantities[1], now() + _ttl)
            ON CONFLICT DO NOTHING
            RETURNING hold.sku::text, hold.quantity, hold.expires_at, NULL::integer;
            IF FOUND THEN
                RETURN;
            END IF;
            UPDATE stock_level SET held = held - _quantities[1]
            WHERE sku = _skus[1] AND location = _location;
        END IF;
    END IF;

    lines := ARRAY(SELECT line FROM stock_weigh(_cart, _skus, _quantities, _location) AS line);
    RETURN QUERY
    SELECT line.sku, NULL::integer, NULL::timestamptz, line.had + line.free + line.lapsed
    FROM unnest(lines) AS line WHERE line.wanted > line.had + line.free + line.lapsed;
    IF FOUND THEN
        RETURN;
    END IF;

    PERFORM stock_reclaim(
        line.sku, _location, now(), line.wanted - line.had - line.free, _cart
    ) FROM unnest(lines) AS line WHERE line.wanted > line.had + line.free;
    UPDATE stock_level AS level SET held = held + line.wanted - line.had
    FROM unnest(lines) AS line
    WHERE level.sku = line.sku AND level.location = _location AND line.wanted <> line.had;
    DELETE FROM stock_hold AS hold USING unnest(lines) AS line
    WHERE hold.cart = _cart AND hold.sku = line.sku AND hold.location = _location
        AND line.wanted = 0;
    RETURN QUERY
    INSERT INTO stock_hold AS hold (cart, sku, location, quantity, expires_at)
    SELECT _cart, line.sku, _location, line.wanted, now() + _ttl
    FROM unnest(lines) AS line WHERE line.wanted > 0
    ON CONFLICT (cart, sku, location) DO UPDATE SET quantity = excluded.quantity,
        expires_at = greatest(hold.expires_at, excluded.expires_at)
    RETURNING hold.sku::text, hold.quantity, hold.expires_at, NULL::integer;
END $$;
"""

RELEASE = """
CREATE FUNCTION stock_release(_cart uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    PERFORM FROM stock_level
    WHERE (sku, location) IN (SELECT sku, location FROM stock_hold WHERE cart = _cart)
    ORDER BY sku, location FOR NO KEY UPDATE;
    WITH gone AS (
        DELETE FROM stock_hold WHERE cart = _cart RETURNING sku, location, quantity
    )
    UPDATE stock_level AS level SET held = held - gone.quantity FROM gone
    WHERE level.sku = gone.sku AND level.location = gone.location;
END $$;
"""

# Gives a cart's goods to an order. Returns nothing if the order has them (now, or since before),
# 'cancelled' if it had been cancelled, and a 'short' row for each line that cannot be had.
COMMIT = """
CREATE FUNCTION stock_commit(
    _order uuid, _cart uuid, _skus text[], _quantities integer[], _location text
) RETURNS TABLE (refusal text, sku text, wanted integer, available integer)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    lines stock_line[];
BEGIN
    INSERT INTO stock_commitment ("order", state) VALUES (_order, 'committed')
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN QUERY
        SELECT 'cancelled', NULL, NULL::integer, NULL::integer
        FROM stock_commitment WHERE "order" = _order AND state = 'cancelled';
        RETURN;
    END IF;

    lines := ARRAY(SELECT line FROM stock_weigh(_cart, _skus, _quantities, _location) AS line);
    RETURN QUERY
    SELECT 'short', line.sku, line.wanted, line.had + line.free + line.lapsed
    FROM unnest(lines) AS line WHERE line.wanted > line.had + line.free + line.lapsed;
    IF FOUND THEN
        DELETE FROM stock_commitment WHERE "order" = _order;
        RETURN;
    END IF;

    PERFORM stock_reclaim(
        line.sku, _location, now(), line.wanted - line.had - line.free, _cart
    ) FROM unnest(lines) AS line WHERE line.wanted > line.had + line.free;
    UPDATE stock_level AS level
    SET held = held - line.had, allocated = allocated + line.wanted
    FROM unnest(lines) AS line
    WHERE level.sku = line.sku AND level.location = _location;
    DELETE FROM stock_hold AS hold USING unnest(lines) AS line
    WHERE hold.cart = _cart AND hold.sku = line.sku AND hold.location = _location;
    INSERT INTO stock_allocation ("order", sku, location, quantity)
    SELECT _order, line.sku, _location, line.wanted FROM unnest(lines) AS line;
    INSERT INTO stock_movement (sku, location, kind, on_hand, allocated, reference)
    SELECT line.sku, _location, 'sold', 0, line.wanted, _order::text
    FROM unnest(lines) AS line;
END $$;
"""

# Ends the allocations of an order: its goods leave the house, or go back on the shelf.
SETTLE = """
CREATE FUNCTION stock_settle(_order uuid, _kind text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM stock_level
    WHERE (sku, location) IN (
        SELECT sku, location FROM stock_allocation WHERE "order" = _order
    ) ORDER BY sku, location FOR NO KEY UPDATE;
    WITH gone AS (
        DELETE FROM stock_allocation WHERE "order" = _order
        RETURNING sku, location, quantity,
            CASE WHEN _kind = 'shipped' THEN quantity ELSE 0 END AS sent
    ),
    changed AS (
        UPDATE stock_level AS level
        SET on_hand = on_hand - gone.sent, allocated = allocated - gone.quantity
        FROM gone WHERE level.sku = gone.sku AND level.location = gone.location
    )
    INSERT INTO stock_movement (sku, location, kind, on_hand, allocated, reference)
    SELECT sku, location, _kind, -sent, -quantity, _order::text FROM gone;
END $$;
"""

CANCEL = """
CREATE FUNCTION stock_cancel(_order uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stock_commitment AS commitment ("order", state) VALUES (_order, 'cancelled')
    ON CONFLICT ("order") DO UPDATE SET state = 'cancelled', changed_at = now()
    WHERE commitment.state = 'committed';
    IF FOUND THEN
        PERFORM stock_settle(_order, 'cancelled');
    END IF;
END $$;
"""

SHIP = """
CREATE FUNCTION stock_ship(_order uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE stock_commitment SET state = 'shipped', changed_at = now()
    WHERE "order" = _order AND state = 'committed';
    IF FOUND THEN
        PERFORM stock_settle(_order, 'shipped');
    END IF;
END $$;
"""

# Changes how many units are on the shelf ('counted': to so many, 'received': by so many), unless
# that was done under this reference before. Returns by how much each SKU changed; `promised` is
# NULL unless fewer units would be left than are promised, and then the caller must roll back.
ADJUST = """
CREATE FUNCTION stock_adjust(
    _kind text, _skus text[], _quantities integer[], _location text,
    _reference text, _reason text, _actor text
) RETURNS TABLE (sku text, difference integer, promised integer) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    line record;
    must_keep integer;
BEGIN
    INSERT INTO stock_level (sku, location)
    SELECT wish.sku, _location FROM unnest(_skus) AS wish (sku) ORDER BY wish.sku
    ON CONFLICT DO NOTHING;
    PERFORM FROM stock_level WHERE sku = ANY(_skus) AND location = _location
    ORDER BY sku FOR NO KEY UPDATE;
    FOR line IN
        SELECT level.sku, level.on_hand, level.held + level.allocated AS promised,
            wish.quantity - CASE _kind WHEN 'counted' THEN level.on_hand ELSE 0 END AS difference
        FROM unnest(_skus, _quantities) AS wish (sku, quantity)
        JOIN stock_level AS level ON level.sku = wish.sku AND level.location = _location
        WHERE NOT EXISTS (
            SELECT FROM stock_movement AS done
            WHERE done.reference = _reference AND done.kind = _kind
                AND done.sku = level.sku AND done.location = _location
        )
        ORDER BY level.sku
    LOOP
        must_keep := line.promised - line.on_hand - line.difference;
        IF must_keep > 0 THEN
            must_keep := must_keep - stock_reclaim(line.sku, _location, now(), must_keep, NULL);
        END IF;
        IF must_keep > 0 THEN
            RETURN QUERY SELECT line.sku::text, line.difference,
                line.on_hand + line.difference + must_keep;
            RETURN;
        END IF;
        UPDATE stock_level SET on_hand = on_hand + line.difference
        WHERE sku = line.sku AND location = _location;
        INSERT INTO stock_movement
            (sku, location, kind, on_hand, allocated, reference, reason, actor)
        VALUES (line.sku, _location, _kind, line.difference, 0, _reference, _reason, _actor);
        RETURN QUERY SELECT line.sku::text, line.difference, NULL::integer;
    END LOOP;
END $$;
"""

# Puts holds back that lapsed some time ago, passing over levels that somebody is busy with.
SWEEP = """
CREATE FUNCTION stock_sweep(_lapsed_for interval, _most integer)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    level record;
    units integer := 0;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    FOR level IN
        SELECT sku, location FROM stock_level
        WHERE (sku, location) IN (
            SELECT sku, location FROM stock_hold WHERE expires_at <= now() - _lapsed_for
            ORDER BY expires_at LIMIT _most
        )
        ORDER BY sku, location FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        units := units + stock_reclaim(
            level.sku, level.location, now() - _lapsed_for, _most, NULL
        );
    END LOOP;
    RETURN units;
END $$;
"""

# Every level whose counters are not what the ledger, the holds and the allocations add up to.
DRIFT = """
CREATE VIEW stock_drift AS
SELECT sku, location, level.on_hand, level.held, level.allocated,
    moved.on_hand AS on_hand_moved, kept.held AS held_kept,
    promised.allocated AS allocated_promised, moved.allocated AS allocated_moved
FROM stock_level AS level
FULL JOIN (
    SELECT sku, location, sum(on_hand) AS on_hand, sum(allocated) AS allocated
    FROM stock_movement GROUP BY sku, location
) AS moved USING (sku, location)
FULL JOIN (
    SELECT sku, location, sum(quantity) AS held FROM stock_hold GROUP BY sku, location
) AS kept USING (sku, location)
FULL JOIN (
    SELECT sku, location, sum(quantity) AS allocated FROM stock_allocation GROUP BY sku, location
) AS promised USING (sku, location)
WHERE (level.on_hand, level.held, level.allocated, level.allocated) IS DISTINCT FROM (
    coalesce(moved.on_hand, 0), coalesce(kept.held, 0),
    coalesce(promised.allocated, 0), coalesce(moved.allocated, 0)
);
"""

LISTED_HOLD = """
CREATE VIEW stock_listed_hold AS
SELECT concat_ws('/', cart, location, sku) AS id, cart, sku, location, quantity, expires_at
FROM stock_hold;
"""

LEDGER = """
CREATE FUNCTION stock_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'stock_movement only grows' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER stock_movement_only_grows BEFORE UPDATE OR DELETE ON stock_movement
FOR EACH STATEMENT EXECUTE FUNCTION stock_refuse_rewriting();
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial")]

    operations = [
        migrations.RunSQL(sql, reverse_sql)
        for sql, reverse_sql in [
            # Room in each page for the next version of a row: no index entry has to change.
            (
                "ALTER TABLE stock_level SET (fillfactor = 60)",
                "ALTER TABLE stock_level RESET (fillfactor)",
            ),
            (LINE, "DROP TYPE stock_line"),
            (RECLAIM, "DROP FUNCTION stock_reclaim"),
            (WEIGH, "DROP FUNCTION stock_weigh"),
            (RESERVE, "DROP FUNCTION stock_reserve"),
            (RELEASE, "DROP FUNCTION stock_release"),
            (COMMIT, "DROP FUNCTION stock_commit"),
            (SETTLE, "DROP FUNCTION stock_settle"),
            (CANCEL, "DROP FUNCTION stock_cancel"),
            (SHIP, "DROP FUNCTION stock_ship"),
            (ADJUST, "DROP FUNCTION stock_adjust"),
            (SWEEP, "DROP FUNCTION stock_sweep"),
            (DRIFT, "DROP VIEW stock_drift"),
            (LISTED_HOLD, "DROP VIEW stock_listed_hold"),
            (
                LEDGER,
                "DROP TRIGGER stock_movement_only_grows ON stock_movement; DROP FUNCTION stock_refuse_rewriting",
            ),
        ]
    ]
