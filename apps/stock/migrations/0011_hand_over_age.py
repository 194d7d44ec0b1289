"""What is handed over keeps its age."""

from django.db import migrations

# The goods stay on hold all the time, so that nobody else can take them in between. Where both
# carts hold some, the units add up, last as long as those that last longer, and are as old as the
# older ones, so that no hold gets younger by going from cart to cart.
HAND_OVER = """
CREATE OR REPLACE FUNCTION stock_hand_over(_cart uuid, _to uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    skus text[] := ARRAY(SELECT DISTINCT sku FROM stock_hold WHERE cart = _cart AND cart <> _to);
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    PERFORM FROM stock_level WHERE sku = ANY(skus) ORDER BY sku, location FOR NO KEY UPDATE;
    UPDATE stock_hold AS hold SET quantity = hold.quantity + given.quantity,
        expires_at = greatest(hold.expires_at, given.expires_at),
        since = least(hold.since, given.since), extended = hold.extended OR given.extended
    FROM stock_hold AS given
    WHERE hold.cart = _to AND given.cart = _cart AND given.sku = ANY(skus)
        AND given.sku = hold.sku AND given.location = hold.location;
    DELETE FROM stock_hold AS given USING stock_hold AS hold
    WHERE hold.cart = _to AND given.cart = _cart AND given.sku = ANY(skus)
        AND given.sku = hold.sku AND given.location = hold.location;
    UPDATE stock_hold SET cart = _to WHERE cart = _cart AND sku = ANY(skus);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0010_caps")]

    operations = [migrations.RunSQL(HAND_OVER, migrations.RunSQL.noop)]
