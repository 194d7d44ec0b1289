"""Lets followers of the catalogue begin anywhere in its changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_fill_revisions")]

    operations = [
        migrations.AddIndex("product", models.Index("revision", name="catalog_product_feed")),
    ]
