"""Gives older products revisions in the order of their changes, and a class to every name of one."""

from django.db import migrations, transaction

AT_ONCE = 1000
FIRST = ("-infinity", "00000000-0000-0000-0000-000000000000")
SOME = """
SELECT updated_at, id FROM catalog_product WHERE (updated_at, id) > (%s, %s)
ORDER BY updated_at, id LIMIT %s
"""
RENEW = "UPDATE catalog_product SET revision = revision WHERE id = %s AND revision = 0"
CLASSES = """
INSERT INTO catalog_productclass (code, label, traits, open, version)
SELECT code, jsonb_build_object('en', code), '[]', true, 1
FROM (SELECT product_class AS code FROM catalog_product UNION SELECT 'Default') AS known
ON CONFLICT DO NOTHING
"""


def fill(apps, editor):
    last = FIRST
    with editor.connection.cursor() as cursor:
        while True:
            cursor.execute(SOME, [*last, AT_ONCE])
            if not (rows := cursor.fetchall()):
                break
            with transaction.atomic(using=editor.connection.alias):  # on disk a thousand at once
                cursor.executemany(RENEW, [(id,) for _, id in rows])
            last = rows[-1]
        cursor.execute(CLASSES)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0004_classes_schedules_revisions")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
