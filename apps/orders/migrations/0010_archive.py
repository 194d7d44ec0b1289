from django.db import migrations, models
from django.db.models.functions import Now

TABLE = """
CREATE TABLE orders_archive (
    id uuid NOT NULL,
    number varchar(24) NOT NULL,
    customer uuid,
    email varchar(254) NOT NULL,
    status varchar(16) NOT NULL,
    accepted_at timestamptz,
    currency varchar(3) NOT NULL,
    grand bigint NOT NULL,
    content json NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX orders_archive_customer ON orders_archive (customer, id DESC)
    WHERE customer IS NOT NULL;
CREATE INDEX orders_archive_number ON orders_archive (number);
CREATE INDEX orders_archive_email ON orders_archive (upper(email) text_pattern_ops);
"""
# Of what only grows a row goes when, and only when, its copy is in the archive.
GUARDS = """
CREATE OR REPLACE FUNCTION orders_event_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM orders_archive WHERE id = OLD.order_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'an order''s story is only ever added to';
END $$;
CREATE OR REPLACE FUNCTION orders_invoice_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM orders_archive WHERE id = OLD.order_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'an invoice never changes' USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION orders_archive_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM orders_order WHERE id = OLD.id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'an archived order stays as it is' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER orders_archive_keeps BEFORE UPDATE OR DELETE ON orders_archive
    FOR EACH ROW EXECUTE FUNCTION orders_archive_keeps();
"""
NO_GUARDS = """
CREATE OR REPLACE FUNCTION orders_event_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an order''s story is only ever added to';
END $$;
CREATE OR REPLACE FUNCTION orders_invoice_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an invoice never changes' USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER orders_archive_keeps ON orders_archive;
DROP FUNCTION orders_archive_keeps();
"""


class Migration(migrations.Migration):
    """A table with a partition a month for orders that were finished long ago."""

    dependencies = [("orders", "0009_invoices")]
    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE orders_archive"),
        migrations.RunSQL(GUARDS, NO_GUARDS),
        migrations.CreateModel(
            name="Archived",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=24, verbose_name="number")),
                ("customer", models.UUIDField(null=True)),
                ("email", models.CharField(max_length=254, verbose_name="e-mail")),
                ("status", models.CharField(max_length=16, verbose_name="status")),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="ordered")),
                ("currency", models.CharField(max_length=3)),
                ("grand", models.BigIntegerField(verbose_name="total")),
                ("moved_at", models.DateTimeField(db_default=Now(), verbose_name="archived")),
            ],
            options={
                "verbose_name": "archived order",
                "verbose_name_plural": "archived orders",
                "db_table": "orders_archive",
                "ordering": ["-id"],
                "managed": False,
            },
        ),
    ]
