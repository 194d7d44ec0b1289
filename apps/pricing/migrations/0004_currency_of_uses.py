from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pricing", "0003_promotions")]
    operations = [
        migrations.AddField(
            model_name="promotionuse",
            name="currency",
            field=models.CharField(default="EUR", max_length=3),
            preserve_default=False,
        ),
    ]
