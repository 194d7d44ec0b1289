"""What the catalog context keeps from the start."""

import commerce.ids
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Attribute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=64, unique=True)),
                ('label', models.JSONField()),
                ('values', models.JSONField(default=list)),
                ('facet', models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=255, unique=True)),
                ('depth', models.PositiveIntegerField()),
                ('numchild', models.PositiveIntegerField(default=0)),
                ('slugs', models.CharField(max_length=255, unique=True)),
                ('name', models.JSONField()),
                ('description', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'verbose_name_plural': 'categories',
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.UUIDField(default=commerce.ids.new, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=64)),
                ('slug', models.CharField(max_length=200, unique=True)),
                ('kind', models.CharField(choices=[('simple', 'simple'), ('configurable', 'configurable'), ('virtual', 'virtual'), ('downloadable', 'downloadable'), ('bundle', 'bundle'), ('grouped', 'grouped')], max_length=20)),
                ('product_class', models.CharField(max_length=100)),
                ('online', models.BooleanField(default=True)),
                ('name', models.CharField(max_length=255)),
                ('document', models.JSONField()),
                ('digest', models.CharField(max_length=64)),
                ('version', models.PositiveIntegerField(default=1)),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(models.F('updated_at'), models.F('id'), name='catalog_product_walk'), models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('key'), 'text_pattern_ops'), name='catalog_product_prefix'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('name', config='simple'), name='catalog_product_words')],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Upper('key'), name='catalog_product_key')],
            },
        ),
        migrations.CreateModel(
            name='Variant',
            fields=[
                ('sku', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField()),
                ('options', models.JSONField(default=dict)),
                ('weight', models.PositiveIntegerField(default=0)),
                ('picture', models.CharField(max_length=64, null=True)),
                ('external_id', models.CharField(blank=True, max_length=100)),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='variants', to='catalog.product')),
            ],
            options={
                'indexes': [models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('sku'), 'text_pattern_ops'), name='catalog_variant_prefix'), models.Index(models.F('external_id'), condition=models.Q(('external_id', ''), _negated=True), name='catalog_variant_external')],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Upper('sku'), name='catalog_variant_sku')],
            },
        ),
    ]
