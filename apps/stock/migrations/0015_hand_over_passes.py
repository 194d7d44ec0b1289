"""Whoever was let in stays in when the cart becomes part of another one."""

from django.db import migrations

# Gives the passes that a cart may still use to another one; two to the same sale become one.
# Returns the sales with a line, and whether the other cart has a pass to them now.
HAND_OVER = """
CREATE FUNCTION stock_hand_over_passes(_cart uuid, _to uuid)
RETURNS TABLE (sale uuid, admitted boolean) LANGUAGE plpgsql AS $$
BEGIN
    WITH given AS (
        DELETE FROM stock_admission
        WHERE cart = _cart AND sale_id IN (SELECT id FROM stock_sale)
            AND until > now() AND NOT used
        RETURNING *
    )
    INSERT INTO stock_admission AS pass (sale_id, cart, number, until, took)
    SELECT sale_id, _to, number, until, took FROM given
    ON CONFLICT (sale_id, cart) DO UPDATE SET number = greatest(pass.number, excluded.number),
        until = greatest(pass.until, excluded.until),
        took = excluded.took OR pass.took AND NOT pass.used, used = false;
    RETURN QUERY SELECT id, EXISTS (
        SELECT FROM stock_admission
        WHERE sale_id = id AND cart = _to AND until > now() AND NOT used
    ) FROM stock_sale WHERE lined;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0014_passes")]

    operations = [migrations.RunSQL(HAND_OVER, "DROP FUNCTION stock_hand_over_passes")]
