"""Links to a customer's page can be taken back; transcripts are counted."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

import servewell.apps.base.clock
import servewell.apps.base.ids


class Migration(migrations.Migration):
    """Two tables."""

    dependencies: ClassVar = [
        ("channels", "0004_whose_arrivals"),
        ("conversations", "0001_conversations"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="CaseLink",
            fields=[
                (
                    "conversation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="conversations.conversation",
                    ),
                ),
                ("counter", models.PositiveIntegerField(default=0)),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Transcript",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=servewell.apps.base.ids.new, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=320)),
                ("mark", models.CharField(max_length=64)),
                ("language", models.CharField(blank=True, max_length=16)),
                ("asked_at", models.DateTimeField(default=servewell.apps.base.clock.now)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="conversations.conversation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["mark", "asked_at"], name="channels_transcript_mark")],
            },
        ),
    ]
