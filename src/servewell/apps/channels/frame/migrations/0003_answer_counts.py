"""Automatic answers to one address are counted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a table."""

    dependencies = [("channels", "0002_arrivals_in_turn")]

    operations = [
        migrations.CreateModel(
            "AnswerCount",
            [
                ("mark", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("began_at", models.DateTimeField(db_index=True)),
                ("answers", models.IntegerField()),
            ],
        ),
    ]
