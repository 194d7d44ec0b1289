"""Nobody holds everything: caps on what a cart, a customer and a block of addresses may hold.

They are judged by the statement that takes, under the lock of the level it takes from. Carts that
take at once from different locations do not meet there, so those of one party take turns first;
nobody who weighs lines waits for a turn while holding a level.
"""

from django.db import migrations, models
import django.db.models.functions.datetime

# The shop's rules: a party's units of a SKU, carts of a block of addresses on a hot SKU, how long
# a hot SKU is held, and how long any hold may last without a lapse.
RULES = """
CREATE TYPE stock_rules AS (most integer, hot_carts integer, hot_ttl interval, longest interval);
"""

# The lines on which a cart asks for more than it has and more than it may have: which cap it meets
# ('cart', 'customer', 'address', 'carts' of one address, 'lapses'), how much that is, and until
# when it lasts, if it ends. A party may always have one cart with what a cart may hold; of a SKU
# that is not hot its carts may have a tenth of what is on hand.
EXCESS = """
CREATE FUNCTION stock_excess(
    _cart uuid, _skus text[], _quantities integer[], _customer uuid, _address text,
    _rules stock_rules
) RETURNS TABLE (sku text, cap text, most integer, until timestamptz) LANGUAGE sql STABLE AS $$
    SELECT wish.sku, met.*
    FROM unnest(_skus, _quantities) AS wish (sku, quantity)
    LEFT JOIN stock_terms AS terms ON terms.sku = wish.sku
    CROSS JOIN LATERAL (
        SELECT sum(quantity) AS units FROM stock_hold AS own
        WHERE own.cart = _cart AND own.sku = wish.sku AND expires_at > now()
    ) AS mine
    CROSS JOIN LATERAL (
        SELECT sum(quantity) AS units FROM stock_hold AS other
        WHERE other.customer = _customer AND other.sku = wish.sku AND expires_at > now()
            AND cart <> _cart
    ) AS customers
    CROSS JOIN LATERAL (
        SELECT sum(quantity) AS units, count(DISTINCT cart) AS carts FROM stock_hold AS other
        WHERE other.address = _address AND other.sku = wish.sku AND expires_at > now()
            AND cart <> _cart
    ) AS neighbours
    CROSS JOIN LATERAL (
        SELECT CASE WHEN terms.hot OR customers.units IS NULL AND neighbours.units IS NULL
            THEN _rules.most
            ELSE greatest(_rules.most, (
                SELECT sum(on_hand) / 10 FROM stock_level WHERE stock_level.sku = wish.sku
            )) END::integer AS most
    ) AS usual
    CROSS JOIN LATERAL (
        SELECT 'lapses' AS cap, NULL::integer AS most, max(last_at) + interval '1 hour' AS until
        FROM stock_lapse
        WHERE cart = _cart AND stock_lapse.sku = wish.sku AND times >= 3
            AND last_at > now() - interval '1 hour'
        HAVING count(*) > 0
        UNION ALL
        SELECT 'cart', terms.per_cart, NULL WHERE quantity > terms.per_cart
        UNION ALL
        SELECT 'customer', allowed.most, NULL
        FROM coalesce(terms.per_customer, usual.most) AS allowed (most)
        WHERE customers.units + quantity > allowed.most
        UNION ALL
        SELECT 'address', allowed.most, NULL
        FROM coalesce(terms.per_address, usual.most) AS allowed (most)
        WHERE neighbours.units + quantity > allowed.most
        UNION ALL
        SELECT 'carts', _rules.hot_carts, NULL
        WHERE terms.hot AND neighbours.carts >= _rules.hot_carts
    ) AS met
    WHERE quantity > coalesce(mine.units, 0)
$$;
"""

# Puts holds that lapsed before a moment back, but for those of one cart, and returns the units.
# The oldest go first, and at most `_most`: whoever misses n units needs no more than n holds. The
# caller has locked the level, and with it what is remembered of lapses there.
RECLAIM = """
CREATE OR REPLACE FUNCTION stock_reclaim(
    _sku text, _location text, _before timestamptz, _most integer, _cart uuid
) RETURNS integer LANGUAGE sql AS $$
    WITH lapsed AS (
        DELETE FROM stock_hold WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM stock_hold
            WHERE sku = _sku AND location = _location AND expires_at <= _before
                AND cart IS DISTINCT FROM _cart
            ORDER BY expires_at LIMIT _most
        )) RETURNING cart, sku, location, quantity, expires_at
    ),
    remembered AS (
        INSERT INTO stock_lapse AS lapse (cart, sku, location, times, last_at)
        SELECT cart, sku, location, 1, expires_at FROM lapsed
        ON CONFLICT (cart, sku, location) DO UPDATE SET last_at = excluded.last_at,
            times = CASE WHEN lapse.last_at > excluded.last_at - interval '1 hour'
                THEN lapse.times + 1 ELSE 1 END
        WHERE lapse.last_at < excluded.last_at
    ),
    total AS (SELECT coalesce(sum(quantity), 0)::integer AS units FROM lapsed),
    freed AS (
        UPDATE stock_level SET held = held - units FROM total
        WHERE sku = _sku AND location = _location AND units > 0
    )
    SELECT units FROM total
$$;
"""

# Remembers that a cart asks again for what it let lapse itself; each lapse counts once.
RENEW = """
CREATE FUNCTION stock_remember_lapses(_cart uuid, _skus text[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO stock_lapse AS lapse (cart, sku, location, times, last_at)
    SELECT cart, sku, location, 1, expires_at FROM stock_hold
    WHERE cart = _cart AND sku = ANY(_skus) AND expires_at <= now()
    ON CONFLICT (cart, sku, location) DO UPDATE SET last_at = excluded.last_at,
        times = CASE WHEN lapse.last_at > excluded.last_at - interval '1 hour'
            THEN lapse.times + 1 ELSE 1 END
    WHERE lapse.last_at < excluded.last_at
$$;
"""

# Sets what a cart holds of some SKUs, all or nothing. Returns the holds, or refusals: lines that
# are short ('short', with how many units the cart could have) or meet a cap, with its figures.
#
# A cart that adds one SKU takes it in one UPDATE from the first location. Whatever is not as
# simple as that (it or its party holds some already, there is not enough there, there are several
# lines) is undone, so that no lock stays, and planned.
RESERVE = """
CREATE FUNCTION stock_reserve(
    _cart uuid, _skus text[], _quantities integer[], _locations text[], _ttl interval,
    _customer uuid, _address text, _rules stock_rules
) RETURNS TABLE (sku text, quantity integer, expires_at timestamptz, most integer, refusal text)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    place text := _locations[1];
    shares stock_share[];
    held text[];
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
                AND on_hand - safety - held - allocated >= _quantities[1];
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

# Lets what a cart holds last a while longer, once, and not beyond the longest time.
EXTEND = """
CREATE FUNCTION stock_extend(_cart uuid, _by interval, _longest interval) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    skus text[] := ARRAY(SELECT DISTINCT sku FROM stock_hold WHERE cart = _cart);
BEGIN
    PERFORM FROM stock_level WHERE sku = ANY(skus) ORDER BY sku, location FOR NO KEY UPDATE;
    UPDATE stock_hold SET expires_at = least(expires_at + _by, since + _longest), extended = true
    WHERE cart = _cart AND sku = ANY(skus) AND NOT extended AND expires_at > now();
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0009_hand_over")]

    operations = [
        migrations.CreateModel(
            name='Lapse',
            fields=[
                ('pk', models.CompositePrimaryKey('cart', 'sku', 'location', blank=True, editable=False, primary_key=True, serialize=False)),
                ('cart', models.UUIDField()),
                ('sku', models.CharField(max_length=255)),
                ('location', models.CharField(max_length=64)),
                ('times', models.SmallIntegerField()),
                ('last_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Terms',
            fields=[
                ('sku', models.CharField(max_length=255, primary_key=True, serialize=False, verbose_name='SKU')),
                ('at_order', models.BooleanField(default=False, help_text='Carts keep nothing aside.', verbose_name='taken at order')),
                ('hot', models.BooleanField(default=False, help_text='Held for a short time, by few carts.', verbose_name='in great demand')),
                ('per_cart', models.PositiveIntegerField(blank=True, null=True, verbose_name='most per cart')),
                ('per_customer', models.PositiveIntegerField(blank=True, null=True, verbose_name='most per customer')),
                ('per_address', models.PositiveIntegerField(blank=True, null=True, verbose_name='most per address')),
                ('low_at', models.PositiveIntegerField(blank=True, help_text='Tell when so few units are free.', null=True, verbose_name='low at')),
            ],
            options={
                'verbose_name': 'terms',
                'verbose_name_plural': 'terms',
            },
        ),
        migrations.AddField(
            model_name='hold',
            name='address',
            field=models.CharField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name='hold',
            name='customer',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='hold',
            name='extended',
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name='hold',
            name='since',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('customer__isnull', False)), fields=['customer', 'sku'], name='stock_hold_of_customer'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('address__isnull', False)), fields=['address', 'sku'], name='stock_hold_of_address'),
        ),
        migrations.AddIndex(
            model_name='lapse',
            index=models.Index(fields=['last_at'], name='stock_lapse_last'),
        ),
        *[
            migrations.RunSQL(sql, migrations.RunSQL.noop)
            for sql in [
                *[RULES, EXCESS, RECLAIM, RENEW, EXTEND],
                "DROP FUNCTION stock_reserve",
                RESERVE,
                *(
                    # Planning these anew for every call costs more than running them.
                    f"ALTER FUNCTION {name} SET plan_cache_mode = force_generic_plan"
                    for name in ("stock_plan", "stock_commit", "stock_release")
                ),
            ]
        ],
    ]
