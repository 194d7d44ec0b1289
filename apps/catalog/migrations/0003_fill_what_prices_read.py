"""Fills the new columns from the documents, some rows at a time, so that nobody waits for it."""

from django.db import migrations
from psycopg.types.json import Jsonb

from apps.catalog.domain import with_parents

AT_ONCE = 1000
SOME = """
SELECT id, ARRAY(SELECT jsonb_array_elements_text(document -> 'categories'))
FROM catalog_product WHERE id > %s ORDER BY id LIMIT %s
"""
FILL = """
UPDATE catalog_product AS product
SET taxed_as = document ->> 'tax_class', made_of = document -> 'components',
    listed_in = ARRAY(SELECT jsonb_array_elements_text(found.categories))
FROM unnest(%s::uuid[], %s::jsonb[]) AS found (id, categories) WHERE product.id = found.id
"""
FIRST = "00000000-0000-0000-0000-000000000000"


def fill(apps, editor):
    last = FIRST
    with editor.connection.cursor() as cursor:
        while True:
            cursor.execute(SOME, [last, AT_ONCE])
            rows = cursor.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            paths = [Jsonb(with_parents(names)) for _, names in rows]
            cursor.execute(FILL, [[row[0] for row in rows], paths])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0002_what_prices_read")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
