"""A pass is marked when its cart has taken something, and used up when that becomes an order."""

from django.db import migrations, models

BARRED = """
CREATE OR REPLACE FUNCTION stock_barred(_cart uuid, _skus text[], _quantities integer[])
RETURNS TABLE (sku text, wanted integer, had integer, starts_at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT wish.sku, wish.quantity, had.units,
        CASE WHEN now() < sale.starts_at THEN sale.starts_at END
    FROM unnest(_skus, _quantities) AS wish (sku, quantity)
    JOIN stock_sale_item AS item ON item.sku = wish.sku
    JOIN stock_sale AS sale ON sale.id = item.sale_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(quantity), 0)::integer FROM stock_hold
        WHERE cart = _cart AND sku = wish.sku
    ) AS had (units)
    WHERE wish.quantity > had.units AND (
        now() < sale.starts_at
        OR sale.lined AND NOT EXISTS (
            SELECT FROM stock_admission AS pass
            WHERE pass.sale_id = sale.id AND pass.cart = _cart AND pass.until > now()
                AND NOT pass.used
        )
    )
    ORDER BY wish.sku
$$;
"""

# The sales in which a cart wants something. Its passes to them stay locked until the transaction
# ends, so that nobody takes by a pass that an order of the same cart is just using up.
IN_SALES = """
CREATE FUNCTION stock_in_sales(_cart uuid, _skus text[], _quantities integer[])
RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
    sales uuid[] := ARRAY(
        SELECT DISTINCT sale_id FROM unnest(_skus, _quantities) AS wish (sku, quantity)
        JOIN stock_sale_item AS item ON item.sku = wish.sku AND wish.quantity > 0
    );
BEGIN
    PERFORM FROM stock_admission WHERE sale_id = ANY(sales) AND cart = _cart
    ORDER BY sale_id FOR NO KEY UPDATE;
    RETURN sales;
END $$;
"""

# Returns the cart, and the sales in which it may take something, unless a sale keeps some of the
# lines from it; then nothing. Whoever takes goods asks this first and in the same statement, and
# when they are taken marks the passes by stock_took. Without any SKU in a sale, `sales` is NULL.
LET_IN = """
CREATE FUNCTION stock_let_in(_cart uuid, _skus text[], _quantities integer[])
RETURNS TABLE (cart uuid, sales uuid[]) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM stock_sale_item WHERE sku = ANY(_skus);
    IF FOUND THEN
        sales := stock_in_sales(_cart, _skus, _quantities);
        PERFORM FROM stock_barred(_cart, _skus, _quantities);
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    cart := _cart;
    RETURN NEXT;
END $$;
"""

# Whoever has a pass counts as a buyer until something was taken by it.
TOOK = """
CREATE FUNCTION stock_took(_cart uuid, _sales uuid[]) RETURNS void LANGUAGE sql AS $$
    UPDATE stock_admission SET took = true
    WHERE sale_id = ANY(_sales) AND cart = _cart AND NOT took
$$;
"""

# The same for a cart that becomes an order. An order that has its goods already is not asked, and
# uses nothing up.
LET_OUT = """
CREATE FUNCTION stock_let_out(_order uuid, _cart uuid, _skus text[], _quantities integer[])
RETURNS TABLE (cart uuid, sales uuid[]) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM stock_sale_item WHERE sku = ANY(_skus);
    IF FOUND THEN
        sales := stock_in_sales(_cart, _skus, _quantities);
        PERFORM FROM stock_commitment WHERE "order" = _order;
        IF FOUND THEN
            sales := NULL;
        ELSE
            PERFORM FROM stock_barred(_cart, _skus, _quantities);
            IF FOUND THEN
                RETURN;
            END IF;
        END IF;
    END IF;
    cart := _cart;
    RETURN NEXT;
END $$;
"""

USE_UP = """
CREATE FUNCTION stock_use_up(_cart uuid, _sales uuid[]) RETURNS void LANGUAGE sql AS $$
    UPDATE stock_admission SET took = true, used = true
    WHERE sale_id = ANY(_sales) AND cart = _cart
$$;
"""

# As before, but that a new pass is not used up.
ADMIT = """
CREATE OR REPLACE FUNCTION stock_admit(
    _sale uuid, _carts uuid[], _numbers bigint[], _last bigint, _pass interval
) RETURNS TABLE (cart uuid, gone boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    sale stock_sale;
    allowed double precision;
    free bigint;
    open bigint;
    entered uuid[];
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT * INTO sale FROM stock_sale
    WHERE id = _sale AND starts_at <= now() FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    allowed := least(sale.pace, sale.due + sale.pace * coalesce(
        extract(epoch FROM clock_timestamp() - sale.ticked_at), 1));
    SELECT coalesce(sum(CASE WHEN level.policy = 'untracked' THEN 1000000000
        ELSE greatest(on_hand + backorder - safety - held - allocated + lapsed, 0) END), 0) INTO free
    FROM stock_sale_item AS item JOIN stock_level AS level USING (sku)
    JOIN stock_location ON code = location AND enabled
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(hold.quantity), 0) FROM stock_hold AS hold
        WHERE hold.sku = level.sku AND hold.location = level.location AND expires_at <= now()
    ) AS back (lapsed)
    WHERE item.sale_id = _sale;
    SELECT count(*) INTO open FROM stock_admission
    WHERE sale_id = _sale AND until > now() AND NOT took;

    WITH entering AS (
        INSERT INTO stock_admission AS pass (sale_id, cart, number, until)
        SELECT _sale, next.cart, next.number, now() + _pass
        FROM unnest(_carts, _numbers) WITH ORDINALITY AS next (cart, number, place)
        ORDER BY place
        LIMIT greatest(least(floor(allowed), free + ceil(free * 0.1) - open), 0)
        ON CONFLICT (sale_id, cart) DO UPDATE
        SET number = excluded.number, until = excluded.until, took = false, used = false
        WHERE pass.number < excluded.number
        RETURNING pass.cart
    )
    SELECT array_agg(cart) INTO entered FROM entering;
    UPDATE stock_sale SET last = greatest(last, _last), ticked_at = clock_timestamp(),
        due = allowed - coalesce(cardinality(entered), 0)
    WHERE id = _sale;
    RETURN QUERY SELECT entry, false FROM unnest(entered) AS entry;
    RETURN QUERY SELECT NULL::uuid, free = 0 AND open = 0;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0013_sales")]

    operations = [
        migrations.AddField(
            model_name='admission',
            name='used',
            field=models.BooleanField(db_default=False),
        ),
        *[
            migrations.RunSQL(sql, migrations.RunSQL.noop)
            for sql in [
                "DROP FUNCTION stock_let_in, stock_let_out",
                *[BARRED, IN_SALES, LET_IN, TOOK, LET_OUT, USE_UP, ADMIT],
            ]
        ],
    ]
