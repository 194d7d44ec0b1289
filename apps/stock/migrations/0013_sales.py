"""Sales: nobody gets the goods before the start, and with a line only who was let in.

The statement that takes is the statement that asks, by the clock of the database. SKUs in no sale
pay for one look into a table that is small or empty.
"""

import commerce.ids
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


# Which of a cart's lines a sale keeps from it: it asks for more than it has, and it is too early
# (`starts_at` says until when) or it has not been let in.
BARRED = """
CREATE FUNCTION stock_barred(_cart uuid, _skus text[], _quantities integer[])
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
        )
    )
    ORDER BY wish.sku
$$;
"""

# Returns the cart unless a sale keeps some of the lines from it; then nothing. Whoever takes goods
# asks this first and in the same statement, so that nobody passes between the two.
LET_IN = """
CREATE FUNCTION stock_let_in(_cart uuid, _skus text[], _quantities integer[])
RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM stock_sale_item WHERE sku = ANY(_skus);
    IF FOUND THEN
        PERFORM FROM stock_barred(_cart, _skus, _quantities);
        IF FOUND THEN
            RETURN;
        END IF;
        UPDATE stock_admission AS pass SET took = true
        FROM stock_sale_item AS item, unnest(_skus, _quantities) AS wish (sku, quantity)
        WHERE item.sku = wish.sku AND wish.quantity > 0 AND pass.sale_id = item.sale_id
            AND pass.cart = _cart AND NOT pass.took;
    END IF;
    RETURN NEXT _cart;
END $$;
"""

# The same for a cart that becomes an order. An order that has its goods already is not asked.
LET_OUT = """
CREATE FUNCTION stock_let_out(_order uuid, _cart uuid, _skus text[], _quantities integer[])
RETURNS SETOF uuid LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM stock_sale_item WHERE sku = ANY(_skus);
    IF FOUND THEN
        PERFORM FROM stock_barred(_cart, _skus, _quantities)
        WHERE NOT EXISTS (SELECT FROM stock_commitment WHERE "order" = _order);
        IF FOUND THEN
            RETURN;
        END IF;
    END IF;
    RETURN NEXT _cart;
END $$;
"""

# Lets people in to a sale, in the order in which they are named: as many as the pace allows, and
# no more than could still buy, with a margin of a tenth of the free units for those who will not.
# Whoever was let in and has not taken anything counts as a buyer. Returns the carts let in, and
# at last a row without a cart whose `gone` says whether nothing is left for anybody to wait for.
# Returns nothing before the start, or when somebody else is just at it.
ADMIT = """
CREATE FUNCTION stock_admit(
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
        SET number = excluded.number, until = excluded.until, took = false
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

    dependencies = [
        ('stock', '0012_low'),
    ]

    operations = [
        migrations.CreateModel(
            name='Sale',
            fields=[
                ('id', models.UUIDField(default=commerce.ids.new, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=255, verbose_name='name')),
                ('starts_at', models.DateTimeField(verbose_name='starts at')),
                ('lined', models.BooleanField(default=True, help_text='Shoppers wait in order of arrival and are let in.', verbose_name='line')),
                ('pace', models.PositiveIntegerField(default=20, help_text='At most so many shoppers are let in each second.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='pace')),
                ('last', models.BigIntegerField(default=0, editable=False)),
                ('due', models.FloatField(default=0, editable=False)),
                ('ticked_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'verbose_name': 'flash sale',
                'verbose_name_plural': 'flash sales',
                'constraints': [models.CheckConstraint(condition=models.Q(('pace__range', (1, 1000))), name='stock_sale_pace')],
            },
        ),
        migrations.CreateModel(
            name='SaleItem',
            fields=[
                ('sku', models.CharField(max_length=255, primary_key=True, serialize=False, verbose_name='SKU')),
                ('sale', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='stock.sale')),
            ],
            options={
                'verbose_name': 'SKU',
                'verbose_name_plural': 'SKUs',
                'db_table': 'stock_sale_item',
            },
        ),
        migrations.CreateModel(
            name='Admission',
            fields=[
                ('pk', models.CompositePrimaryKey('sale', 'cart', blank=True, editable=False, primary_key=True, serialize=False)),
                ('cart', models.UUIDField()),
                ('number', models.BigIntegerField()),
                ('until', models.DateTimeField()),
                ('took', models.BooleanField(db_default=False)),
                ('sale', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='stock.sale')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('took', False)), fields=['sale', 'until'], name='stock_admission_open')],
            },
        ),
        *[
            migrations.RunSQL(sql, migrations.RunSQL.noop)
            for sql in [BARRED, LET_IN, LET_OUT, ADMIT]
        ],
    ]
