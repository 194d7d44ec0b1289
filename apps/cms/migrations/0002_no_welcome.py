"""Takes Wagtail's own welcome page away: the shop has a home page of its own."""

from django.db import migrations


def remove_welcome(apps, schema_editor):
    Page = apps.get_model("wagtailcore", "Page")
    gone, _ = Page.objects.filter(depth=2, slug="home", numchild=0).delete()
    if gone:
        Page.objects.filter(depth=1).update(numchild=0)


class Migration(migrations.Migration):
    dependencies = [("cms", "0001_initial")]

    operations = [migrations.RunPython(remove_welcome, migrations.RunPython.noop)]
