"""Arrivals of an account are read in their order, by one worker at a time; and it sends no faster than it may."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds who reads an arrival, and the index by which an account's first is found; when its next message goes."""

    dependencies = [("channels", "0001_first")]

    operations = [
        migrations.AddField("arrival", "claim", models.UUIDField(null=True)),
        migrations.AddField("arrival", "lease_until", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "arrival",
            models.Index(fields=["account", "id"], name="channels_arrival_turn", condition=models.Q(state="waiting")),
        ),
        migrations.CreateModel(
            "Pace",
            [
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="channels.account",
                    ),
                ),
                ("scheduled_at", models.DateTimeField()),
            ],
        ),
    ]
