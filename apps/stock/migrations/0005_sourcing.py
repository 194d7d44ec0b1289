"""Holds and orders take goods at several locations, and promise what is still to come.

The order of locks stays: the order's commitment, then levels by SKU, then location. Whoever
weighs lines locks every level of their SKUs. Whoever takes one line at once locks one level, and
lets go of it before weighing.
"""

import django.db.models.expressions
from django.db import migrations, models

# What a cart gets of a SKU at a location: it wants so many units and could have `available`, both
# of the SKU as a whole. It had some here since a moment and until a moment, takes so many here
# now, and for that so many units have to be reclaimed here.
SHARE = """
CREATE TYPE stock_share AS (
    sku text, location text, wanted integer, available integer, had integer, take integer,
    reclaim integer, until timestamptz
);
"""

# Locks all levels of some SKUs and divides each line among them. First comes the location that
# has all of it in the house, then one that will have, then each in its turn; what others let
# lapse comes last. Locations that no longer sell give no more than the cart has there. SKUs
# nobody counts are left out; one without any level has a share nowhere.
PLAN = """
CREATE FUNCTION stock_plan(_cart uuid, _skus text[], _quantities integer[], _locations text[])
RETURNS SETOF stock_share LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM stock_level WHERE sku = ANY(_skus) ORDER BY sku, location FOR NO KEY UPDATE;
    RETURN QUERY
    WITH place AS (
        SELECT wish.sku, wish.quantity AS wanted, level.location, had, free, hold.expires_at,
            array_position(_locations, level.location::text) AS rank,
            CASE WHEN had + greatest(free - backorder, 0) >= wish.quantity THEN 1
                WHEN had + greatest(free, 0) >= wish.quantity THEN 2 ELSE 3 END AS whole,
            CASE WHEN had + free >= wish.quantity OR level.location <> ALL(_locations) THEN 0
            ELSE (
                SELECT coalesce(sum(quantity), 0)::integer FROM (
                    SELECT quantity FROM stock_hold AS other
                    WHERE other.sku = wish.sku AND other.location = level.location
                        AND expires_at <= now() AND cart <> _cart
                    ORDER BY expires_at LIMIT wish.quantity - least(free, 0)
                ) AS oldest
            ) END AS lapsed
        FROM unnest(_skus, _quantities) AS wish (sku, quantity)
        LEFT JOIN stock_level AS level ON level.sku = wish.sku
        LEFT JOIN stock_hold AS hold
            ON hold.cart = _cart AND hold.sku = wish.sku AND hold.location = level.location
        CROSS JOIN LATERAL (SELECT coalesce(hold.quantity, 0),
            CASE WHEN level.location = ANY(_locations)
            THEN on_hand + backorder - safety - held - allocated ELSE 0 END
        ) AS units (had, free)
        WHERE NOT EXISTS (
            SELECT FROM stock_level AS any_level WHERE any_level.sku = wish.sku
                AND any_level.location = ANY(_locations) AND any_level.policy = 'untracked'
        )
    ),
    portion AS (
        SELECT *, had + greatest(free, 0) AS units, false AS reclaimed FROM place
        UNION ALL
        SELECT *, greatest(free + lapsed, 0) - greatest(free, 0), true FROM place WHERE lapsed > 0
    ),
    laid AS (
        SELECT *, sum(units) OVER before - units AS sooner FROM portion
        WINDOW before AS (
            PARTITION BY sku ORDER BY reclaimed, whole, rank, location ROWS UNBOUNDED PRECEDING
        )
    ),
    given AS (
        SELECT *, greatest(least(units, wanted - sooner), 0)::integer AS take FROM laid
    )
    SELECT sku::text, location::text, min(wanted), (sum(sum(units)) OVER line)::integer,
        min(had), sum(take)::integer,
        coalesce(sum(take - least(free, 0)) FILTER (WHERE reclaimed AND take > 0), 0)::integer,
        max(max(expires_at)) OVER line
    FROM given GROUP BY sku, location WINDOW line AS (PARTITION BY sku) ORDER BY sku, location;
END $$;
"""

# Puts back, at each location, as many lapsed holds of others as the shares there need.
MAKE_ROOM = """
CREATE FUNCTION stock_make_room(_cart uuid, _shares stock_share[]) RETURNS void LANGUAGE sql AS $$
    SELECT stock_reclaim(sku, location, now(), reclaim, _cart)
    FROM unnest(_shares) WHERE reclaim > 0
$$;
"""

# Sets what a cart holds of some SKUs, all or nothing. Returns the holds, or the lines that are
# short, whose quantity is NULL and `available` what the cart could have.
#
# A cart that adds one SKU takes it in one UPDATE, from the first location that has it. Whatever is
# not as simple as that (it holds some already, there is not enough, there are several lines) is
# undone, so that no lock stays, and planned.
RESERVE = """
CREATE FUNCTION stock_reserve(
    _cart uuid, _skus text[], _quantities integer[], _locations text[], _ttl interval
) RETURNS TABLE (sku text, quantity integer, expires_at timestamptz, available integer)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    place text;
    shares stock_share[];
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    IF cardinality(_skus) = 1 AND _quantities[1] > 0 THEN
        BEGIN
            UPDATE stock_level SET held = held + _quantities[1]
            WHERE sku = _skus[1] AND location = (
                SELECT location FROM stock_level
                WHERE sku = _skus[1] AND location = ANY(_locations) AND policy = 'tracked'
                    AND on_hand - safety - held - allocated >= _quantities[1]
                ORDER BY array_position(_locations, location::text) LIMIT 1
            ) AND on_hand - safety - held - allocated >= _quantities[1]
            RETURNING location INTO STRICT place;
            INSERT INTO stock_hold (cart, sku, location, quantity, expires_at)
            SELECT _cart, _skus[1], place, _quantities[1], now() + _ttl
            WHERE NOT EXISTS (SELECT FROM stock_hold WHERE cart = _cart AND sku = _skus[1])
            RETURNING expires_at INTO STRICT expires_at;
            RETURN QUERY SELECT _skus[1], _quantities[1], expires_at, NULL::integer;
            RETURN;
        EXCEPTION WHEN no_data_found THEN
            NULL;
        END;
    END IF;

    shares := ARRAY(SELECT share FROM stock_plan(_cart, _skus, _quantities, _locations) AS share);
    RETURN QUERY
    SELECT DISTINCT share.sku, NULL::integer, NULL::timestamptz, share.available
    FROM unnest(shares) AS share WHERE share.wanted > share.available ORDER BY share.sku;
    IF FOUND THEN
        RETURN;
    END IF;

    PERFORM stock_make_room(_cart, shares);
    UPDATE stock_level AS level SET held = held + share.take - share.had
    FROM unnest(shares) AS share
    WHERE level.sku = share.sku AND level.location = share.location AND share.take <> share.had;
    DELETE FROM stock_hold AS hold USING unnest(shares) AS share
    WHERE hold.cart = _cart AND hold.sku = share.sku AND hold.location = share.location;
    RETURN QUERY
    WITH kept AS (
        INSERT INTO stock_hold AS hold (cart, sku, location, quantity, expires_at)
        SELECT _cart, share.sku, share.location, share.take, greatest(now() + _ttl, share.until)
        FROM unnest(shares) AS share WHERE share.take > 0
        RETURNING hold.*
    )
    SELECT sku::text, sum(quantity)::integer, min(expires_at), NULL::integer
    FROM kept GROUP BY sku;
END $$;
"""

RELEASE = """
CREATE OR REPLACE FUNCTION stock_release(_cart uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    skus text[] := ARRAY(SELECT DISTINCT sku FROM stock_hold WHERE cart = _cart);
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    PERFORM FROM stock_level WHERE sku = ANY(skus) ORDER BY sku, location FOR NO KEY UPDATE;
    WITH gone AS (
        DELETE FROM stock_hold WHERE cart = _cart AND sku = ANY(skus)
        RETURNING sku, location, quantity
    )
    UPDATE stock_level AS level SET held = held - gone.quantity FROM gone
    WHERE level.sku = gone.sku AND level.location = gone.location;
END $$;
"""

# Gives a cart's goods to an order. Returns nothing if the order has them (now, or since before),
# 'cancelled' if it had been cancelled, and a 'short' row for each line that cannot be had.
COMMIT = """
CREATE FUNCTION stock_commit(
    _order uuid, _cart uuid, _skus text[], _quantities integer[], _locations text[]
) RETURNS TABLE (refusal text, sku text, wanted integer, available integer)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    shares stock_share[];
BEGIN
    INSERT INTO stock_commitment ("order", state) VALUES (_order, 'committed')
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN QUERY
        SELECT 'cancelled', NULL, NULL::integer, NULL::integer
        FROM stock_commitment WHERE "order" = _order AND state = 'cancelled';
        RETURN;
    END IF;

    shares := ARRAY(SELECT share FROM stock_plan(_cart, _skus, _quantities, _locations) AS share);
    RETURN QUERY
    SELECT DISTINCT 'short', share.sku, share.wanted, share.available
    FROM unnest(shares) AS share WHERE share.wanted > share.available ORDER BY share.sku;
    IF FOUND THEN
        DELETE FROM stock_commitment WHERE "order" = _order;
        RETURN;
    END IF;

    PERFORM stock_make_room(_cart, shares);
    UPDATE stock_level AS level
    SET held = held - share.had, allocated = allocated + share.take
    FROM unnest(shares) AS share
    WHERE level.sku = share.sku AND level.location = share.location
        AND (share.had > 0 OR share.take > 0);
    DELETE FROM stock_hold AS hold USING unnest(shares) AS share
    WHERE hold.cart = _cart AND hold.sku = share.sku AND hold.location = share.location;
    INSERT INTO stock_allocation ("order", sku, location, quantity)
    SELECT _order, share.sku, share.location, share.take
    FROM unnest(shares) AS share WHERE share.take > 0;
    INSERT INTO stock_movement (sku, location, kind, on_hand, allocated, reference)
    SELECT share.sku, share.location, 'sold', 0, share.take, _order::text
    FROM unnest(shares) AS share WHERE share.take > 0;
END $$;
"""

# Takes an order's goods out of the house; false, and nothing changed, if some are not there yet.
SHIP = """
CREATE FUNCTION stock_ship(_order uuid) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM stock_commitment WHERE "order" = _order AND state = 'committed' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN true;
    END IF;
    PERFORM FROM stock_level
    WHERE (sku, location) IN (SELECT sku, location FROM stock_allocation WHERE "order" = _order)
    ORDER BY sku, location FOR NO KEY UPDATE;
    PERFORM FROM stock_allocation AS due JOIN stock_level AS level USING (sku, location)
    WHERE due."order" = _order AND due.quantity > level.on_hand;
    IF FOUND THEN
        RETURN false;
    END IF;
    PERFORM stock_settle(_order, 'shipped');
    UPDATE stock_commitment SET state = 'shipped', changed_at = now() WHERE "order" = _order;
    RETURN true;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0004_moves")]

    operations = [
        migrations.RemoveConstraint(
            model_name='level',
            name='stock_level_never_oversold',
        ),
        migrations.AddField(
            model_name='level',
            name='backorder',
            field=models.PositiveIntegerField(db_default=0, help_text='So many units are sold before they are here.', verbose_name='backorder'),
        ),
        migrations.AddField(
            model_name='level',
            name='expected',
            field=models.DateField(blank=True, null=True, verbose_name='expected'),
        ),
        migrations.AddField(
            model_name='level',
            name='safety',
            field=models.PositiveIntegerField(db_default=0, help_text='So many units are never sold.', verbose_name='safety stock'),
        ),
        migrations.AddConstraint(
            model_name='level',
            constraint=models.CheckConstraint(condition=models.Q(('on_hand__gte', 0)), name='stock_level_on_hand'),
        ),
        migrations.AddConstraint(
            model_name='level',
            constraint=models.CheckConstraint(condition=models.Q(('on_hand__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('held'), '+', models.F('allocated')), '-', models.F('backorder')))), name='stock_level_never_oversold'),
        ),
        *[
            migrations.RunSQL(sql, migrations.RunSQL.noop)
            for sql in [
                "DROP FUNCTION stock_reserve, stock_commit, stock_weigh, stock_ship",
                "DROP TYPE stock_line",
                *[SHARE, PLAN, MAKE_ROOM, RESERVE, RELEASE, COMMIT, SHIP],
            ]
        ],
    ]
