"""Product classes, schedules, revisions, collections, and what leads on to what was moved."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

TYPES = ["text", "number", "boolean", "choice", "choices", "date", "measure"]
NEXT = models.Func(models.Value("catalog_revision"), function="nextval")

# A column whose default is a function would have every row written anew, under a lock.
REVISION = """
ALTER TABLE catalog_product ADD COLUMN revision bigint NOT NULL DEFAULT 0;
ALTER TABLE catalog_product ALTER COLUMN revision SET DEFAULT nextval('catalog_revision');
"""
RENEWED = """
CREATE FUNCTION catalog_renew_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := nextval('catalog_revision');
    RETURN NEW;
END $$;
CREATE TRIGGER catalog_product_renewed BEFORE UPDATE ON catalog_product
    FOR EACH ROW EXECUTE FUNCTION catalog_renew_revision();
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_fill_what_prices_read")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE catalog_revision", "DROP SEQUENCE catalog_revision"),
        migrations.CreateModel(
            name="Collection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.CharField(max_length=200, unique=True)),
                ("name", models.JSONField()),
                ("description", models.JSONField(blank=True, default=dict)),
                ("rule", models.JSONField()),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="FormerPath",
            fields=[
                ("path", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("category", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="formerly", to="catalog.category")),
            ],
        ),
        migrations.CreateModel(
            name="ProductClass",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=100, unique=True)),
                ("label", models.JSONField(default=dict)),
                ("traits", models.JSONField(default=list)),
                ("open", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={"verbose_name_plural": "product classes"},
        ),
        migrations.CreateModel(
            name="Removal",
            fields=[
                ("product", models.UUIDField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=64)),
                ("revision", models.BigIntegerField(db_default=NEXT)),
                ("removed_at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(models.F("revision"), name="catalog_removal_feed")]},
        ),
        migrations.CreateModel(
            name="Slug",
            fields=[
                ("slug", models.CharField(max_length=200, primary_key=True, serialize=False)),
                ("product", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="other_slugs", to="catalog.product")),
            ],
        ),
        migrations.AddField("attribute", "searchable", models.BooleanField(db_default=True)),
        migrations.AddField(
            "attribute",
            "type",
            models.CharField(choices=[(t, t) for t in TYPES], db_default="text", max_length=10),
        ),
        migrations.AddField(
            "attribute", "unit", models.CharField(blank=True, db_default="", max_length=20)
        ),
        migrations.AddField("category", "version", models.PositiveIntegerField(db_default=1)),
        migrations.AddField(
            "product",
            "collections",
            django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
        ),
        migrations.AddField("product", "imported", models.BinaryField(null=True)),
        migrations.AddField("product", "online_from", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("product", "online_until", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("product", "owned", models.JSONField(db_default={})),
        migrations.RunSQL(
            REVISION,
            "ALTER TABLE catalog_product DROP COLUMN revision",
            [migrations.AddField("product", "revision", models.BigIntegerField(db_default=NEXT))],
        ),
        migrations.RunSQL(RENEWED, "DROP FUNCTION catalog_renew_revision CASCADE"),
    ]
