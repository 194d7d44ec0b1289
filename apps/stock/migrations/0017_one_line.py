"""Adding one SKU, the commonest thing a cart does, in two small statements; and no plan by surprise.

A plan is made once for a connection, perhaps while a table is empty. Reading such a table from end
to end looks cheap then, and is ruinous when a sale has filled it: the functions below never do.
"""

from django.db import migrations

# Does what stock_let_in and stock_reserve do together for one SKU that lies at one location. It
# takes at once what is plainly there for a cart that holds none of it, has let none lapse, and is
# alone in its party. Rows are compared as wholes, which only the index that begins with them can
# answer: another would go through all holds of a SKU. Everything else is asked of those two; what was taken is put back first, and
# as nothing but this level is locked, that cannot meet anybody.
RESERVE_ONE = """
CREATE FUNCTION stock_reserve_one(
    _cart uuid, _sku text, _quantity integer, _location text, _ttl interval,
    _customer uuid, _address text,
    _most integer, _hot_carts integer, _hot_ttl interval, _longest interval
) RETURNS TABLE (sku text, quantity integer, expires_at timestamptz, most integer, refusal text)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    UPDATE stock_level SET held = held + _quantity
    WHERE sku = _sku AND location = _location AND policy = 'tracked'
        AND on_hand - safety - held - allocated >= _quantity
        AND (_address IS NULL OR _customer IS NOT NULL
            OR on_hand - safety - allocated >= 2 * (held + _quantity))
        AND NOT EXISTS (SELECT FROM stock_sale_item WHERE sku = _sku);
    IF FOUND THEN
        RETURN QUERY
        INSERT INTO stock_hold AS hold
            (cart, sku, location, quantity, expires_at, customer, address)
        SELECT _cart, _sku, _location, _quantity,
            now() + CASE WHEN hot THEN least(_ttl, _hot_ttl) ELSE _ttl END, _customer, _address
        FROM (SELECT) AS always LEFT JOIN stock_terms AS terms ON terms.sku = _sku
        WHERE at_order IS NOT TRUE AND (_quantity > per_cart) IS NOT TRUE
            AND NOT EXISTS (
                SELECT FROM stock_hold WHERE (cart, sku) BETWEEN (_cart, _sku) AND (_cart, _sku)
            )
            AND NOT EXISTS (
                SELECT FROM stock_lapse WHERE (cart, sku) BETWEEN (_cart, _sku) AND (_cart, _sku)
            )
            AND NOT EXISTS (
                SELECT FROM stock_hold WHERE customer IS NOT NULL
                    AND (customer, sku) BETWEEN (_customer, _sku) AND (_customer, _sku)
            )
            AND NOT EXISTS (
                SELECT FROM stock_hold WHERE address IS NOT NULL
                    AND (address, sku) BETWEEN (_address, _sku) AND (_address, _sku)
            )
        RETURNING hold.sku::text, hold.quantity, hold.expires_at, NULL::integer, NULL;
        IF FOUND THEN
            RETURN;
        END IF;
        UPDATE stock_level SET held = held - _quantity WHERE sku = _sku AND location = _location;
    END IF;
    RETURN QUERY
    SELECT told.sku, told.quantity, told.expires_at, told.most, told.refusal
    FROM stock_let_in(_cart, ARRAY[_sku], ARRAY[_quantity]) LEFT JOIN LATERAL (
        SELECT reserved.*,
            CASE WHEN sales IS NOT NULL AND reserved.refusal IS NULL
                THEN stock_took(cart, sales) END
        FROM stock_reserve(
            cart, ARRAY[_sku], ARRAY[_quantity], ARRAY[_location], _ttl, _customer, _address,
            ROW(_most, _hot_carts, _hot_ttl, _longest)::stock_rules
        ) AS reserved
    ) AS told ON true;
END $$;
"""

FUNCTIONS = (
    *("stock_reserve_one", "stock_reserve", "stock_let_in", "stock_let_out", "stock_commit"),
    *("stock_release", "stock_extend", "stock_settle", "stock_ship", "stock_hand_over"),
)


class Migration(migrations.Migration):
    dependencies = [("stock", "0016_crowds")]

    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop)
        for sql in (
            RESERVE_ONE,
            "ALTER FUNCTION stock_reserve_one SET plan_cache_mode = force_generic_plan",
            *(f"ALTER FUNCTION {name} SET enable_seqscan = off" for name in FUNCTIONS),
        )
    ]
