"""Places where goods lie, and the first of them."""

from django.db import migrations, models

MAIN = """
INSERT INTO stock_location (code, name, kind, vendor, country, priority, enabled)
VALUES ('main', 'Main', 'own', '', '', 0, true);
"""

# A level is somewhere. The counters are no part of the key, so holds never check this.
SOMEWHERE = """
ALTER TABLE stock_level ADD CONSTRAINT stock_level_somewhere
FOREIGN KEY (location) REFERENCES stock_location (code);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('stock', '0002_functions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Location',
            fields=[
                ('code', models.SlugField(max_length=64, primary_key=True, serialize=False, verbose_name='code')),
                ('name', models.CharField(max_length=255, verbose_name='name')),
                ('kind', models.CharField(choices=[('own', 'our own'), ('vendor', "a vendor's")], default='own', max_length=16, verbose_name='kind')),
                ('vendor', models.CharField(blank=True, max_length=64, verbose_name='vendor')),
                ('country', models.CharField(blank=True, max_length=2, verbose_name='country')),
                ('latitude', models.FloatField(blank=True, null=True, verbose_name='latitude')),
                ('longitude', models.FloatField(blank=True, null=True, verbose_name='longitude')),
                ('priority', models.SmallIntegerField(default=0, help_text='Goods are taken from the lowest number first.', verbose_name='priority')),
                ('enabled', models.BooleanField(default=True, verbose_name='sells')),
            ],
            options={
                'verbose_name': 'location',
                'verbose_name_plural': 'locations',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True)), models.Q(('latitude__isnull', False), ('longitude__isnull', False), ('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='stock_location_on_earth'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'own'), ('vendor', '')), models.Q(('kind', 'vendor'), models.Q(('vendor', ''), _negated=True)), _connector='OR'), name='stock_location_of_vendor')],
            },
        ),
        migrations.RunSQL(MAIN, migrations.RunSQL.noop),
        migrations.RunSQL(
            SOMEWHERE, "ALTER TABLE stock_level DROP CONSTRAINT stock_level_somewhere"
        ),
    ]
