from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="log",
            name="reading",
            field=models.JSONField(default=dict),
        ),
    ]
