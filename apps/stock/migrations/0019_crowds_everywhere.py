"""Strangers hold half of what sells at all locations together, in whichever order they are asked.

The quick way knows one level. Whoever has another one first, because it is nearer, would hold half
of each in turn, and of the rest as long as that is less than half of the whole. And what lies where
nothing is sold is not there for anybody.
"""

from django.db import migrations

# As before, but of the locations that sell.
CROWDED = """
CREATE FUNCTION stock_crowded(
    _cart uuid, _skus text[], _quantities integer[], _locations text[], _most integer
) RETURNS SETOF stock_crowd LANGUAGE sql STABLE AS $$
    SELECT wish.sku, had
    FROM unnest(_skus, _quantities) AS wish (sku, quantity)
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(quantity), 0)::integer FROM stock_hold
        WHERE cart = _cart AND sku = wish.sku AND expires_at > now()
    ) AS mine (had)
    CROSS JOIN LATERAL (
        SELECT sum(on_hand + backorder - safety - allocated) AS sellable,
            sum(held - coalesce(lapsed, 0)) AS held
        FROM stock_level AS level CROSS JOIN LATERAL (
            SELECT sum(quantity) FROM stock_hold AS hold
            WHERE hold.sku = level.sku AND hold.location = level.location AND expires_at <= now()
        ) AS back (lapsed)
        WHERE level.sku = wish.sku AND level.location = ANY(_locations)
    ) AS shelf
    WHERE wish.quantity > had
        AND held - had + wish.quantity > greatest(_most, sellable / 2)
        AND NOT EXISTS (SELECT FROM stock_sale_item WHERE sku = wish.sku)
$$;
"""

# As before, but that strangers take in the quick way only what lies at no other location.
RESERVE = """
CREATE OR REPLACE FUNCTION stock_reserve(
    _cart uuid, _skus text[], _quantities integer[], _locations text[], _ttl interval,
    _customer uuid, _address text, _rules stock_rules
) RETURNS TABLE (sku text, quantity integer, expires_at timestamptz, most integer, refusal text)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    place text := _locations[1];
    shares stock_share[];
    held text[];
    crowded stock_crowd[];
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    IF cardinality(_skus) = 1 AND _quantities[1] > 0 THEN
        BEGIN
            IF cardinality(_locations) > 1 THEN
                PERFORM pg_advisory_xact_lock(hashtextextended(party, 0)) FROM unnest(ARRAY[
                    'stock ' || _cart, 'stock ' || _customer, 'stock ' || _address
                ]) AS party WHERE party IS NOT NULL ORDER BY hashtextextended(party, 0);
            END IF;
            UPDATE stock_level SET held = held + _quantities[1]
            WHERE sku = _skus[1] AND location = place AND policy = 'tracked'
                AND on_hand - safety - held - allocated >= _quantities[1]
                AND (_address IS NULL OR _customer IS NOT NULL
                    OR on_hand - safety - allocated >= 2 * (held + _quantities[1]))
                AND (_address IS NULL OR _customer IS NOT NULL OR cardinality(_locations) = 1
                    OR NOT EXISTS (
                        SELECT FROM stock_level AS other
                        WHERE other.sku = _skus[1] AND other.location <> place
                            AND other.location = ANY(_locations)
                    ));
            IF FOUND THEN
                RETURN QUERY
                INSERT INTO stock_hold AS hold
                    (cart, sku, location, quantity, expires_at, customer, address)
                SELECT _cart, _skus[1], place, _quantities[1],
                    now() + CASE WHEN hot THEN least(_ttl, _rules.hot_ttl) ELSE _ttl END,
                    _customer, _address
                FROM (SELECT) AS always LEFT JOIN stock_terms AS terms ON terms.sku = _skus[1]
                WHERE at_order IS NOT TRUE AND (_quantities[1] > per_cart) IS NOT TRUE
                    AND NOT EXISTS (SELECT FROM stock_hold WHERE cart = _cart AND sku = _skus[1])
                    AND NOT EXISTS (SELECT FROM stock_lapse WHERE cart = _cart AND sku = _skus[1])
                    AND NOT EXISTS (
                        SELECT FROM stock_hold WHERE customer = _customer AND sku = _skus[1]
                    )
                    AND NOT EXISTS (
                        SELECT FROM stock_hold WHERE address = _address AND sku = _skus[1]
                    )
                RETURNING hold.sku::text, hold.quantity, hold.expires_at, NULL::integer, NULL;
                IF FOUND THEN
                    RETURN;
                END IF;
            END IF;
            RAISE no_data_found;
        EXCEPTION WHEN no_data_found THEN
            NULL;
        END;
    END IF;

    shares := ARRAY(SELECT share FROM stock_plan(_cart, _skus, _quantities, _locations) AS share);
    RETURN QUERY
    SELECT DISTINCT share.sku, NULL::integer, NULL::timestamptz, share.available, 'short'
    FROM unnest(shares) AS share WHERE share.wanted > share.available ORDER BY share.sku;
    IF FOUND THEN
        RETURN;
    END IF;

    held := ARRAY(
        SELECT DISTINCT share.sku FROM unnest(shares) AS share
        LEFT JOIN stock_terms AS terms USING (sku) WHERE at_order IS NOT TRUE
    );
    PERFORM stock_remember_lapses(_cart, held);
    RETURN QUERY
    SELECT excess.sku, NULL::integer, until, excess.most, cap
    FROM stock_excess(_cart, _skus, _quantities, _customer, _address, _rules) AS excess
    WHERE excess.sku = ANY(held);
    IF FOUND THEN
        RETURN;
    END IF;

    IF _address IS NOT NULL AND _customer IS NULL THEN
        crowded := ARRAY(
            SELECT crowd
            FROM stock_crowded(_cart, _skus, _quantities, _locations, _rules.most) AS crowd
        );
        RETURN QUERY
        SELECT (crowd).sku, NULL::integer, NULL::timestamptz, (crowd).had, 'cart'
        FROM unnest(crowded) AS crowd WHERE (crowd).had > 0 AND (crowd).sku = ANY(held);
        IF FOUND THEN
            RETURN;
        END IF;
        held := ARRAY(
            SELECT sku FROM unnest(held) AS line (sku)
            EXCEPT SELECT (crowd).sku FROM unnest(crowded) AS crowd
        );
    END IF;

    shares := ARRAY(SELECT share FROM unnest(shares) AS share WHERE share.sku = ANY(held));
    PERFORM stock_make_room(_cart, shares);
    UPDATE stock_level AS level SET held = held + share.take - share.had
    FROM unnest(shares) AS share
    WHERE level.sku = share.sku AND level.location = share.location AND share.take <> share.had;
    RETURN QUERY
    WITH kept AS (
        INSERT INTO stock_hold AS hold
            (cart, sku, location, quantity, expires_at, since, extended, customer, address)
        SELECT _cart, share.sku, share.location, share.take, least(
                greatest(
                    now() + CASE WHEN hot THEN least(_ttl, _rules.hot_ttl) ELSE _ttl END,
                    former.until
                ),
                former.since + _rules.longest
            ), former.since, former.extended, _customer, _address
        FROM unnest(shares) AS share
        LEFT JOIN stock_terms AS terms ON terms.sku = share.sku
        CROSS JOIN LATERAL (
            SELECT coalesce(min(since), now()) AS since, max(expires_at) AS until,
                coalesce(bool_or(extended), false) AS extended
            FROM stock_hold WHERE cart = _cart AND sku = share.sku AND expires_at > now()
        ) AS former
        WHERE share.take > 0
        ON CONFLICT (cart, sku, location) DO UPDATE SET quantity = excluded.quantity,
            expires_at = excluded.expires_at, since = excluded.since,
            extended = excluded.extended, customer = excluded.customer, address = excluded.address
        RETURNING hold.sku, hold.quantity, hold.expires_at
    )
    SELECT sku::text, sum(quantity)::integer, min(expires_at), NULL::integer, NULL
    FROM kept GROUP BY sku;
    DELETE FROM stock_hold AS hold USING unnest(shares) AS share
    WHERE hold.cart = _cart AND hold.sku = share.sku AND hold.location = share.location
        AND share.take = 0;
END $$;
"""
FORMER = "DROP FUNCTION stock_crowded(uuid, text[], integer[], integer)"


class Migration(migrations.Migration):
    dependencies = [("stock", "0018_tidy")]

    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (FORMER, CROWDED, RESERVE)
    ]
